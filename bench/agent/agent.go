// Package agent is a SIP user agent with many calls, over UDP on one port. It costs little, and knows of SIP what a bench needs.
package agent

import (
	"errors"
	"fmt"
	"net"
	"regexp"
	"strings"
	"sync"
	"time"
)

// Agent makes calls.
type Agent struct {
	*net.UDPConn
	feature string

	mu      sync.Mutex
	pending map[string]chan string // for final responses, by Call-ID
}

// Call is a call that has been accepted.
type Call struct {
	ID, Answer string // the Call-ID, and the response to the INVITE
	uri, to    string
}

const (
	retransmit = 500 * time.Millisecond // until a request is retransmitted
	maxTries   = 20                     // transmissions of a request
)

var (
	callID = regexp.MustCompile(`(?mi)^Call-ID: *(\S+)`)
	toTag  = regexp.MustCompile(`(?mi)^To: *(.*?)\r?$`)
)

// Dial makes an agent whose requests go to a server. A feature is a parameter of its Contact, such as "+sip.src".
func Dial(server, feature string) (*Agent, error) {
	at, err := net.ResolveUDPAddr("udp", strings.TrimPrefix(server, "udp://"))
	if err != nil {
		return nil, err
	}
	conn, err := net.DialUDP("udp", nil, at)
	if err != nil {
		return nil, err
	}
	if feature != "" {
		feature = ";" + feature
	}
	a := &Agent{UDPConn: conn, feature: feature, pending: map[string]chan string{}}
	go a.receive()
	return a, nil
}

// receive delivers final responses until the socket is closed.
func (a *Agent) receive() {
	buf := make([]byte, 65536)
	for {
		n, err := a.Read(buf)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		text := string(buf[:n])
		id := callID.FindStringSubmatch(text)
		if err != nil || id == nil || !strings.HasPrefix(text, "SIP/2.0 ") || strings.HasPrefix(text, "SIP/2.0 1") {
			continue
		}
		a.mu.Lock()
		to := a.pending[id[1]]
		delete(a.pending, id[1])
		a.mu.Unlock()
		if to != nil {
			to <- text
		}
	}
}

// ask sends a request until its final response, which must be 200, and returns how long that took.
func (a *Agent) ask(id, request string) (answer string, took time.Duration, err error) {
	response := make(chan string, 1)
	a.mu.Lock()
	a.pending[id] = response
	a.mu.Unlock()
	began := time.Now()
	for range maxTries {
		if _, err := a.Write([]byte(request)); err != nil {
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

// Invite sets up a call to a URI, and returns the time to the 200. The headers are those of the body and others, each with its line end.
func (a *Agent) Invite(id, uri, headers, body string) (*Call, time.Duration, error) {
	c := &Call{ID: id, uri: uri, to: "<" + uri + ">"}
	answer, took, err := a.ask(c.ID, a.request("INVITE", 1, c, headers, body))
	if err != nil {
		return nil, 0, err
	}
	c.Answer, c.to = answer, toTag.FindStringSubmatch(answer)[1]
	_, err = a.Write([]byte(a.request("ACK", 1, c, "", "")))
	return c, took, err
}

// Bye ends a call.
func (a *Agent) Bye(c *Call) error {
	_, _, err := a.ask(c.ID, a.request("BYE", 2, c, "", ""))
	return err
}

// request is one of a call.
func (a *Agent) request(method string, seq int, of *Call, headers, body string) string {
	return fmt.Sprintf("%s %s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bK%s%d%s\r\nFrom: <sip:+12065550100@127.0.0.1>;tag=src\r\nTo: %s\r\nCall-ID: %s\r\n"+
		"CSeq: %d %s\r\nContact: <sip:src@%s>%s\r\nMax-Forwards: 70\r\n%sContent-Length: %d\r\n\r\n%s",
		method, of.uri, a.LocalAddr(), method, seq, of.ID, of.to, of.ID, seq, method, a.LocalAddr(), a.feature, headers, len(body), body)
}
