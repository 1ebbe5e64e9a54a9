package phone

import (
	"bytes"
	"mime/multipart"
	"net/textproto"
	"time"

	"github.com/emiago/sipgo/sip"

	"timbre"
)

// request is the INVITE.
func (c *Call) request() (*sip.Request, error) {
	from, err := c.line.uri(or(c.cfg.From, "anonymous"))
	if err != nil {
		return nil, err
	}
	to, err := c.line.uri(or(c.cfg.To, "srs"))
	if err != nil {
		return nil, err
	}
	target := to
	if c.cfg.RequestURI != "" {
		if target, err = c.line.uri(c.cfg.RequestURI); err != nil {
			return nil, err
		}
	}
	c.dialog = c.line.dialog(from, to, target)
	req := c.dialog.Request(sip.INVITE)
	req.SetDestination(c.line.server.String())
	req.AppendHeader(sip.NewHeader("User-Agent", "Timbre phone"))
	req.AppendHeader(sip.NewHeader("Allow", allow))
	if c.offer, err = describe(c.line.local, c.cfg.PayloadType, c.legs); err != nil {
		return nil, err
	}
	if !c.cfg.Metadata {
		req.AppendHeader(sip.NewHeader("X-Voice-Connector-Record-Only", "true"))
		req.AppendHeader(sip.NewHeader("Content-Type", "application/sdp"))
		req.SetBody(c.offer)
		return req, nil
	}
	kind, body, err := c.recording(c.env.Now())
	if err != nil {
		return nil, err
	}
	req.AppendHeader(sip.NewHeader("Require", "siprec"))
	req.AppendHeader(sip.NewHeader("Content-Type", kind))
	req.SetBody(body)
	return req, nil
}

// recording is the body of a SIPREC INVITE: the offer and the metadata.
func (c *Call) recording(now time.Time) (kind string, body []byte, err error) {
	about, err := metadata(c.legs, c.cfg, now)
	if err != nil {
		return "", nil, err
	}
	var buf bytes.Buffer
	m := multipart.NewWriter(&buf)
	for _, part := range []struct {
		header textproto.MIMEHeader
		body   []byte
	}{
		{textproto.MIMEHeader{"Content-Type": {"application/sdp"}}, c.offer},
		{textproto.MIMEHeader{"Content-Type": {"application/rs-metadata+xml"}, "Content-Disposition": {"recording-session"}}, about},
	} {
		w, err := m.CreatePart(part.header)
		if err == nil {
			_, err = w.Write(part.body)
		}
		if err != nil {
			return "", nil, timbre.Errorf(timbre.Internal, "phone.Dial", "multipart: %w", err)
		}
	}
	err = m.Close()
	return "multipart/mixed;boundary=" + m.Boundary(), buf.Bytes(), err
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
