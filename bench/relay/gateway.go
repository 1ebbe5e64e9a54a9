package main

import (
	"errors"
	"fmt"
	"net"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// gateway takes every call. It knows a call by its number.
type gateway struct {
	*net.UDPConn
	portOf func(call int) int

	mu     sync.Mutex
	offers map[int]string // the INVITE of each call
}

// number is the telephone number of a call.
func number(call int) string { return fmt.Sprintf("+1360555%04d", call) }

var called = regexp.MustCompile(`^INVITE sip:\+1360555(\d{4})`)

func newGateway(portOf func(call int) int) (*gateway, error) {
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, err
	}
	g := &gateway{UDPConn: conn, portOf: portOf, offers: map[int]string{}}
	go g.serve()
	return g, nil
}

func (g *gateway) port() int { return g.LocalAddr().(*net.UDPAddr).Port }

// offered is the INVITE of a call.
func (g *gateway) offered(call int) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.offers[call]
}

// serve answers requests until the socket is closed.
func (g *gateway) serve() {
	buf := make([]byte, 65536)
	for {
		n, from, err := g.ReadFromUDPAddrPort(buf)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		request := string(buf[:n])
		if err != nil || strings.HasPrefix(request, "SIP/2.0 ") || strings.HasPrefix(request, "ACK ") {
			continue
		}
		_, _ = g.WriteToUDPAddrPort([]byte(g.answer(request)), from)
	}
}

var (
	copied = regexp.MustCompile(`(?mi)^(?:Via|From|Call-ID|CSeq):.*\r\n`)
	to     = regexp.MustCompile(`(?mi)^To:.*`)
)

// answer is 200, with a session description for an INVITE.
func (g *gateway) answer(request string) string {
	body, kind := "", ""
	toLine := strings.TrimSpace(to.FindString(request))
	if m := called.FindStringSubmatch(request); m != nil {
		call, _ := strconv.Atoi(m[1]) // digits
		g.mu.Lock()
		g.offers[call] = request
		g.mu.Unlock()
		body, kind, toLine = offer(g.portOf(call)), "Content-Type: application/sdp\r\n", toLine+";tag=gateway"
	}
	return fmt.Sprintf("SIP/2.0 200 OK\r\n%s%s\r\nContact: <sip:gateway@%s>\r\n%sContent-Length: %d\r\n\r\n%s",
		strings.Join(copied.FindAllString(request, -1), ""), toLine, g.LocalAddr(), kind, len(body), body)
}
