package main

import (
	"fmt"
	"net/netip"
	"regexp"
	"time"

	"github.com/pion/srtp/v3"
	"golang.org/x/sync/errgroup"

	"timbre"
	"timbre/bench/agent"
	"timbre/bench/media"
	"timbre/sip/sdp"
)

// client is the SIP side of a session recording client (SIPREC) with many calls.
type client struct {
	*agent.Agent
	uri, suite string
	format     media.Format
}

// call is a call that the server has accepted.
type call struct {
	*agent.Call
	legs []*media.Leg
}

var (
	line = regexp.MustCompile(`(?m)^m=audio (\d+) `)
	keys = regexp.MustCompile(`(?m)^a=crypto:(.*?)\r?$`)
)

func dial(server, connector, suite string, f media.Format) (*client, error) {
	a, err := agent.Dial(server, "+sip.src")
	if err != nil {
		return nil, err
	}
	return &client{a, "sip:" + connector + "@" + a.RemoteAddr().String(), suite, f}, nil
}

// invite sets up a call, whose media a port sends, and returns the time to the 200.
func (c *client) invite(n, port int) (made call, took time.Duration, err error) {
	var offered []sdp.Crypto
	if c.suite != "none" {
		for range 2 {
			offered = append(offered, sdp.NewCrypto("1", c.suite))
		}
	}
	made.Call, took, err = c.Invite(fmt.Sprintf("soak-%d@127.0.0.1", n), c.uri, "Require: siprec\r\nContent-Type: multipart/mixed;boundary=part\r\n",
		body(c.format, port, offered))
	if err != nil {
		return made, 0, err
	}
	taken := keys.FindAllString(made.Answer, -1)
	for i, m := range line.FindAllStringSubmatch(made.Answer, -1) {
		l := &media.Leg{}
		if l.To, err = netip.ParseAddrPort("127.0.0.1:" + m[1]); err != nil {
			return made, 0, err
		}
		if i < len(offered) {
			if l.SRTP, err = newSRTPContext(offered[i]); err != nil {
				return made, 0, err
			}
		}
		made.legs = append(made.legs, l)
	}
	if len(made.legs) != 2 || len(taken) != len(offered) {
		return made, 0, fmt.Errorf("the server accepts %d streams with %d keys", len(made.legs), len(taken))
	}
	return made, took, nil
}

// parallelSetups is how many calls are set up at a time.
const parallelSetups = 4

// inviteAll sets up all calls of a run, and returns how long each took.
func (c *client) inviteAll(n int, by *media.Senders) ([]call, []time.Duration, error) {
	calls, took := make([]call, n), make([]time.Duration, n)
	var work errgroup.Group
	work.SetLimit(parallelSetups)
	for i := range calls {
		work.Go(func() (err error) {
			calls[i], took[i], err = c.invite(i, by.Port(i))
			return err
		})
	}
	return calls, took, work.Wait()
}

// legsOf are the legs of each call.
func legsOf(calls []call) [][]*media.Leg {
	legs := make([][]*media.Leg, len(calls))
	for i, c := range calls {
		legs[i] = c.legs
	}
	return legs
}

// newSRTPContext encrypts packets with a key that was offered.
func newSRTPContext(k sdp.Crypto) (*srtp.Context, error) {
	at := timbre.SRTPSuiteRank(k.Suite)
	if at < 0 {
		return nil, fmt.Errorf("no crypto suite %q", k.Suite)
	}
	suite := timbre.SRTPSuites()[at]
	return srtp.CreateContext(k.Key[:suite.Key], k.Key[suite.Key:], srtp.ProtectionProfile(suite.Profile))
}
