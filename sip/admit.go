package sip

import (
	"context"
	"net/netip"
	"strings"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
)

// admission finds the connector that a call is for and says whether its source may call it. Whether the connector
// streams is not asked: termination alone lets a call in, and a task on a call without streaming is refused later.
type admission struct {
	Directory
	nonces *nonces
	list   *allowList
	proven func(netip.Addr) // is told of who has proven himself
}

// admit takes the connector that the host of the Request-URI names; else the one that its user part names; else the only
// one whose allowed hosts hold the source. Whichever it is, its allowed hosts must hold the source, or the request must
// answer its challenge.
func (a admission) admit(ctx context.Context, req *gosip.Request, source netip.Addr) (timbre.Connector, timbre.Termination, *refusal) {
	c, r := a.connector(ctx, req.Recipient, source)
	if r != nil {
		return c, timbre.Termination{}, r
	}
	t, err := a.Termination(ctx, c.ID)
	switch {
	case err != nil && timbre.KindOf(err) == timbre.NotFound:
		return c, t, refuse(403, "forbidden", "the connector has no termination, so that nobody may call it")
	case err != nil:
		return c, t, failed(err)
	case t.Disabled:
		return c, t, refuse(403, "forbidden", "the connector's termination is disabled")
	case !t.Allows(source):
		return c, t, a.authenticate(ctx, c, req)
	}
	return c, t, nil
}

func (a admission) connector(ctx context.Context, to gosip.Uri, source netip.Addr) (timbre.Connector, *refusal) {
	c, found, err := a.byName(ctx, to)
	switch {
	case err != nil && timbre.KindOf(err) == timbre.NotFound:
		return c, refuse(404, "no_connector", "no connector has the host name of the request")
	case err != nil:
		return c, failed(err)
	case found:
		return c, nil
	}
	return a.only(ctx, source)
}

// byName is the connector that a URI names, by its host or else by its user part. NotFound: its host names one that does
// not exist, so that nothing else counts.
func (a admission) byName(ctx context.Context, to gosip.Uri) (c timbre.Connector, found bool, err error) {
	id, domain, _ := strings.Cut(strings.ToLower(to.Host), ".")
	if domain == "voiceconnector" || strings.HasPrefix(domain, "voiceconnector.") {
		c, err = a.named(ctx, id)
		return c, err == nil, err
	}
	c, err = a.named(ctx, to.User)
	if err != nil && timbre.KindOf(err) == timbre.NotFound {
		return c, false, nil
	}
	return c, err == nil, err
}

// named is the connector of an id. What cannot be one is not looked up.
func (a admission) named(ctx context.Context, id string) (timbre.Connector, error) {
	if id = strings.ToLower(id); id == "" || len(id) > 64 || strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return timbre.Connector{}, timbre.Errorf(timbre.NotFound, "", "no connector")
	}
	return a.Connector(ctx, id)
}

// only is the one connector that lets a source in.
func (a admission) only(ctx context.Context, source netip.Addr) (timbre.Connector, *refusal) {
	list, err := a.list.current(ctx)
	if err != nil {
		return timbre.Connector{}, failed(err)
	}
	found := list.letting(source)
	if len(found) != 1 {
		return timbre.Connector{}, refuse(404, "no_connector",
			"the request names no connector, and the allowed hosts of %d connectors hold the source", len(found))
	}
	c, err := a.Connector(ctx, found[0])
	if err != nil {
		return c, failed(err)
	}
	return c, nil
}
