// Package sbc places the first messages of session border controllers and exchanges of many vendors with a server: a ping and, for each
// vendor, the INVITE by which it has a call recorded. Out goes what the server makes of them and, where it refuses, which setting to
// change, by the vendor's own word for it. The messages are written after captures and manuals; no audio is sent, and each call is ended
// as soon as it is answered.
package sbc

import (
	"context"
	"crypto/tls"
	"fmt"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"

	"timbre"
	"timbre/check"
	"timbre/environment"
)

// patience is how long the server has to answer a message.
const patience = 4 * time.Second

// Config of a look at a server.
type Config struct {
	Server         string // sip:[USER@]HOST[:PORT][;transport=udp|tcp|tls]; USER, such as the id of a connector, is called by all vendors
	User, Password string // for a digest challenge
	TLS            *tls.Config
	SRTP           bool     // audio is offered encrypted, with SDES keys
	Vendors        []string // those whose messages are placed; nil: all
}

// Run places the messages, one after the other.
func Run(ctx context.Context, env environment.Environment, cfg Config) (check.Report, error) {
	var r check.Report
	chosen, err := choose(cfg.Vendors)
	if err != nil {
		return r, err
	}
	at, err := parse(cfg.Server)
	if err != nil {
		return r, err
	}
	c, err := dial(ctx, env.Complete(), at, cfg)
	if err != nil {
		return r, err
	}
	defer c.close()
	r.Findings = append(r.Findings, c.judgePing(c.ping(ctx)))
	if r.Findings[0].Level == check.Failure { // nothing else would be answered
		return r, nil
	}
	for _, v := range chosen {
		o, err := c.place(ctx, v)
		if err != nil {
			return r, err
		}
		r.Findings = append(r.Findings, c.judge(v, o))
	}
	return r, ctx.Err()
}

// choose returns the vendors of some names.
func choose(names []string) ([]vendor, error) {
	if len(names) == 0 {
		return vendors, nil
	}
	var chosen []vendor
	for _, name := range names {
		found := false
		for _, v := range vendors {
			if v.key() == strings.ToLower(name) {
				chosen, found = append(chosen, v), true
			}
		}
		if !found {
			return nil, timbre.Errorf(timbre.Invalid, "", "there are no messages of %q; those there are: %s", name, strings.Join(Keys(), ", "))
		}
	}
	return chosen, nil
}

// parse reads the address of a server.
func parse(server string) (at sip.Uri, err error) {
	if err := sip.ParseUri(server, &at); err != nil || at.Host == "" || at.Scheme != "sip" && at.Scheme != "sips" {
		return at, timbre.Errorf(timbre.Invalid, "", "%q is not sip:HOST:PORT;transport=udp, tcp or tls", server)
	}
	if network(at) == "" {
		return at, timbre.Errorf(timbre.Invalid, "", "%q has a transport other than udp, tcp and tls", server)
	}
	if at.Port == 0 {
		at.Port = map[bool]int{false: 5060, true: 5061}[network(at) == "tls"]
	}
	return at, nil
}

// network is the transport of an address; empty: none that there is.
func network(at sip.Uri) string {
	text, given := at.UriParams.Get("transport")
	switch text = strings.ToLower(text); {
	case !given && at.Scheme == "sips":
		return "tls"
	case !given:
		return "udp"
	case text == "udp" || text == "tcp" || text == "tls":
		return text
	}
	return ""
}

// where is the server as a person writes it.
func where(at sip.Uri) string { return fmt.Sprintf("%s://%s", network(at), at.HostPort()) }
