package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"regexp"
	"strings"
	"sync"
	"time"

	"timbre"

	"github.com/pion/srtp/v3"

	"timbre/sip/sdp"
)

// client is the SIP side of a session recording client (SIPREC) with many calls, over UDP on one port.
type client struct {
	*net.UDPConn
	uri, suite string
	format     format
	port       int // of the media, named in every offer

	mu      sync.Mutex
	pending map[string]chan string // for final responses, by Call-ID
}

// call is a call that the server has accepted.
type call struct {
	id, to string
	legs   []*leg
}

const (
	retransmit = 500 * time.Millisecond // until a request is retransmitted
	maxTries   = 20                     // transmissions of a request
)

var (
	callID = regexp.MustCompile(`(?mi)^Call-ID: *(\S+)`)
	toTag  = regexp.MustCompile(`(?mi)^To: *(.*?)\r?$`)
	line   = regexp.MustCompile(`(?m)^m=audio (\d+) `)
	keys   = regexp.MustCompile(`(?m)^a=crypto:(.*?)\r?$`)
)

func dial(server, connector, suite string, f format, port int) (*client, error) {
	at, err := net.ResolveUDPAddr("udp", strings.TrimPrefix(server, "udp://"))
	if err != nil {
		return nil, err
	}
	conn, err := net.DialUDP("udp", nil, at)
	if err != nil {
		return nil, err
	}
	c := &client{UDPConn: conn, uri: "sip:" + connector + "@" + at.String(), suite: suite, format: f, port: port, pending: map[string]chan string{}}
	go c.receive()
	return c, nil
}

func (c *client) close() { _ = c.Close() }

// receive delivers final responses until the socket is closed.
func (c *client) receive() {
	buf := make([]byte, 65536)
	for {
		n, err := c.Read(buf)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		text := string(buf[:n])
		id := callID.FindStringSubmatch(text)
		if err != nil || id == nil || !strings.HasPrefix(text, "SIP/2.0 ") || strings.HasPrefix(text, "SIP/2.0 1") {
			continue
		}
		c.mu.Lock()
		to := c.pending[id[1]]
		delete(c.pending, id[1])
		c.mu.Unlock()
		if to != nil {
			to <- text
		}
	}
}

// ask sends a request until its final response, which must be 200, and returns how long that took.
func (c *client) ask(id, request string) (answer string, took time.Duration, err error) {
	response := make(chan string, 1)
	c.mu.Lock()
	c.pending[id] = response
	c.mu.Unlock()
	began := time.Now()
	for range maxTries {
		if _, err := c.Write([]byte(request)); err != nil {
			return "", 0, err
		}
		select {
		case answer = <-response:
			if !strings.HasPrefix(answer, "SIP/2.0 200") {
				return "", 0, fmt.Errorf("got response: %s", strings.SplitN(answer, "\r\n\r\n", 2)[0])
			}
			return answer, time.Since(began), nil
		case <-time.After(retransmit):
		}
	}
	return "", 0, errors.New("no response")
}

// invite sets up a call and returns the time to the 200.
func (c *client) invite(n int) (*call, time.Duration, error) {
	made := &call{id: fmt.Sprintf("soak-%d@127.0.0.1", n)}
	var offered []sdp.Crypto
	if c.suite != "none" {
		for range 2 {
			offered = append(offered, sdp.NewCrypto("1", c.suite))
		}
	}
	answer, took, err := c.ask(made.id, c.request("INVITE", 1, made, c.body(offered), "Require: siprec\r\nContent-Type: multipart/mixed;boundary=part\r\n"))
	if err != nil {
		return nil, 0, err
	}
	made.to = toTag.FindStringSubmatch(answer)[1]
	if _, err := c.Write([]byte(c.request("ACK", 1, made, "", ""))); err != nil {
		return nil, 0, err
	}
	taken := keys.FindAllString(answer, -1)
	for i, m := range line.FindAllStringSubmatch(answer, -1) {
		l := &leg{}
		if l.to, err = netip.ParseAddrPort("127.0.0.1:" + m[1]); err != nil {
			return nil, 0, err
		}
		if i < len(offered) {
			if l.srtp, err = newSRTPContext(offered[i]); err != nil {
				return nil, 0, err
			}
		}
		made.legs = append(made.legs, l)
	}
	if len(made.legs) != 2 || len(taken) != len(offered) {
		return nil, 0, fmt.Errorf("the server accepts %d streams with %d keys", len(made.legs), len(taken))
	}
	return made, took, nil
}

func (c *client) bye(of *call) error {
	_, _, err := c.ask(of.id, c.request("BYE", 2, of, "", ""))
	return err
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
