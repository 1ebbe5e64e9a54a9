package sbc

import (
	"bytes"
	"embed"
	"net"
	"strconv"
	"strings"
	"text/template"

	"github.com/emiago/sipgo/sip"
	"github.com/google/uuid"

	"timbre"
	"timbre/sip/sdp"
)

// The INVITEs of the vendors, without what a connection adds: Via and Content-Length.
//
//go:embed message/*.txt
var files embed.FS

var messages = template.Must(template.ParseFS(files, "message/*.txt"))

// suite is that of the keys which are offered: all know it.
const suite = "AES_CM_128_HMAC_SHA1_80"

// fields are what a message names.
type fields struct {
	ID       string // of the call, and tag of the caller
	Local    string // address of the client
	One, Two int    // ports of its audio
	Profile  string // RTP/AVP or RTP/SAVP
	Key      string // line of SDP with a key, after an end of line; empty without

	at sip.Uri
}

// To is whom a vendor calls: the user of the server's address or, if that has none, the vendor's.
func (f fields) To(user string) string {
	if f.at.User != "" {
		user = f.at.User
	}
	if user == "" {
		return f.at.HostPort()
	}
	return user + "@" + f.at.HostPort()
}

// invite makes the INVITE of a vendor.
func (c *client) invite(v vendor) (*sip.Request, error) {
	f := fields{ID: uuid.NewString(), Local: c.local, One: port(c.media[0]), Two: port(c.media[1]), Profile: "RTP/AVP", at: c.at}
	if strings.Contains(c.local, ":") {
		f.Local = "[" + c.local + "]"
	}
	if c.cfg.SRTP {
		f.Profile, f.Key = "RTP/SAVP", "\na=crypto:"+sdp.NewCrypto("1", suite).Value()
	}
	var text bytes.Buffer
	if err := messages.ExecuteTemplate(&text, v.key()+".txt", f); err != nil {
		return nil, timbre.Errorf(timbre.Internal, "", "the INVITE of %s: %w", v.name, err)
	}
	head, body, _ := strings.Cut(strings.ReplaceAll(text.String(), "\n", "\r\n"), "\r\n\r\n")
	m, err := sip.ParseMessage([]byte(head + "\r\n\r\n"))
	if err != nil {
		return nil, timbre.Errorf(timbre.Internal, "", "the INVITE of %s: %w", v.name, err)
	}
	req := m.(*sip.Request)
	req.SetBody([]byte(body))
	c.direct(req)
	return req, nil
}

// Family is the address family of SDP.
func (f fields) Family() string {
	if strings.HasPrefix(f.Local, "[") {
		return "IP6 " + strings.Trim(f.Local, "[]")
	}
	return "IP4 " + f.Local
}

func port(p net.PacketConn) int {
	_, text, _ := net.SplitHostPort(p.LocalAddr().String())
	n, _ := strconv.Atoi(text)
	return n
}
