package trunk

import (
	"errors"
	"net/netip"
	"strings"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
	"timbre/sip/header"
	"timbre/sip/transport"
)

// tollCall is the call to a number, as the toll guard sees it.
func (c *call) tollCall(number string) timbre.TollCall {
	return timbre.TollCall{Access: c.access, Number: number, From: c.from, CallID: c.id()}
}

// admitToll asks the toll guard whether the call may be put through.
func (c *call) admitToll() *transport.Refusal {
	toll, err := c.ua.deps.Tolls.Admit(c.tollCall(c.number))
	if err != nil {
		return tollRefusal(err)
	}
	c.toll = toll
	return nil
}

// tollRefusal is the refusal for an error of the toll guard.
func tollRefusal(err error) *transport.Refusal {
	if d := (*timbre.TollDenial)(nil); errors.As(err, &d) {
		return transport.Refuse(403, "toll_"+string(d.Reason), "%s", d.Detail)
	}
	return transport.Failure(err)
}

// cut ends the call because the caller has no minutes left.
func (c *call) cut() {
	c.ua.deps.Agent.Do(func() { c.hangUp(c.ua.ctx, nil, "the caller has used its minutes of the day") })
}

// mayTransfer asks the toll guard about a transfer by the caller, whose new call the gateway would place.
func (c *call) mayTransfer(from *side, req *gosip.Request) *transport.Refusal {
	if from.which != caller || req.Method != gosip.REFER {
		return nil
	}
	targets := header.Elements(req, "refer-to")
	if len(targets) != 1 || header.URI(targets[0]) == "" { // the gateway may read another one
		return transport.Refuse(400, "malformed", "Refer-To is not one address")
	}
	number, ok := transferred(header.URI(targets[0]))
	if !ok {
		return transport.Refuse(400, "malformed", "Refer-To has two users")
	}
	if err := c.ua.deps.Tolls.Transfer(c.tollCall(number)); err != nil {
		return tollRefusal(err)
	}
	return nil
}

// transferred is what a gateway may take for the number in a URI that it is sent as it is: all of its user part, with parameters that may
// route a call elsewhere (RFC 4694), or in place of a host something that is none. False: it has two users, and a gateway may take either.
func transferred(uri string) (number string, ok bool) {
	scheme, rest, _ := strings.Cut(uri, ":")
	if strings.EqualFold(scheme, "tel") {
		return rest, !strings.Contains(rest, "@")
	}
	address, _, _ := strings.Cut(rest, "?")
	user, host, hasUser := strings.Cut(address, "@")
	if !hasUser {
		user, host = "", user
	}
	if user == "" {
		user = inPlaceOfHost(host)
	}
	return user, !strings.Contains(host, "@")
}

// inPlaceOfHost is what a URI has where a host belongs; empty: it has a host. The last label of a host's name begins with a letter
// (RFC 3261, 25.1).
func inPlaceOfHost(host string) string {
	host, _, _ = strings.Cut(host, ";")
	name, _, _ := strings.Cut(host, ":") // without a port
	if v6, ok := strings.CutPrefix(host, "["); ok {
		name, _, _ = strings.Cut(v6, "]")
	}
	label := strings.TrimSuffix(name, ".")
	label = strings.ToLower(label[strings.LastIndexByte(label, '.')+1:])
	if _, err := netip.ParseAddr(name); err == nil || label != "" && 'a' <= label[0] && label[0] <= 'z' {
		return ""
	}
	return name
}
