package siprec

import (
	"encoding/base64"
	"strings"
	"testing"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
)

// encodedBody is a body whose parts have headers, and a description and metadata as they are given.
func encodedBody(headers, sdp, metadata string) string {
	return "--x\r\nContent-Type: application/sdp\r\n" + headers + "\r\n\r\n" + sdp + "\r\n--x\r\nContent-Type: application/rs-metadata+xml\r\n" +
		headers + "\r\n\r\n" + metadata + "\r\n--x--\r\n"
}

func TestTransferEncodingsOfPartsAreDecoded(t *testing.T) {
	const sdp, metadata = "v=0\r\ns=é", "<recording a=\"é\"/>"
	lines := func(s string) string {
		s = base64.StdEncoding.EncodeToString([]byte(s))
		return s[:7] + "\r\n" + s[7:]
	}
	quoted := strings.NewReplacer("é", "=C3=A9", "a=", "a=3D", "s=", "s=3D", "rec", "re=\r\nc")
	for name, c := range map[string]struct {
		headers, sdp, metadata string
		warnings               int
	}{
		"base64":                     {"Content-Transfer-Encoding: base64", lines(sdp), lines(metadata), 0},
		"quoted-printable":           {"content-transfer-encoding: Quoted-Printable", quoted.Replace(sdp), quoted.Replace(metadata), 0},
		"binary":                     {"Content-Transfer-Encoding: binary", sdp, metadata, 0},
		"identity":                   {"Content-Encoding: identity", sdp, metadata, 0},
		"not in the encoding at all": {"Content-Transfer-Encoding: base64", sdp, metadata, 2},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := Read("multipart/mixed;boundary=x", []byte(encodedBody(c.headers, c.sdp, c.metadata)))
			if err != nil || string(b.SDP) != sdp || b.Metadata != metadata || len(b.Warnings) != c.warnings {
				t.Errorf("got %q, %q, %v, %v, want %q, %q and %d warnings", b.SDP, b.Metadata, b.Warnings, err, sdp, metadata, c.warnings)
			}
		})
	}
	t.Run("parts in parts", func(t *testing.T) {
		inner := encodedBody("Content-Transfer-Encoding: base64", lines(sdp), lines(metadata))
		b, err := Read("multipart/mixed;boundary=y", []byte("--y\r\nContent-Type: multipart/mixed;boundary=x\r\n\r\n"+inner+"\r\n--y--"))
		if err != nil || string(b.SDP) != sdp || b.Metadata != metadata {
			t.Errorf("got %q, %q, %v, want %q, %q", b.SDP, b.Metadata, err, sdp, metadata)
		}
	})
	t.Run("a compressed part", func(t *testing.T) {
		if b, err := Read("multipart/mixed;boundary=x", []byte(encodedBody("Content-Encoding: gzip", sdp, metadata))); timbre.KindOf(err) != timbre.Unprocessable {
			t.Errorf("got %+v, %v, want Unprocessable", b, err)
		}
	})
}

func TestACompressedBodyIsNotRead(t *testing.T) {
	for name, c := range map[string]struct {
		header, value, body string
		refused             bool
	}{
		"gzip":            {"Content-Encoding", "gzip", "v=0", true},
		"in compact form": {"e", "identity, DEFLATE", "v=0", true},
		"none at all":     {"Content-Encoding", "identity", "v=0", false},
		"no body":         {"Content-Encoding", "gzip", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			req := gosip.NewRequest(gosip.INVITE, gosip.Uri{Scheme: "sip", Host: "h"})
			req.AppendHeader(gosip.NewHeader(c.header, c.value))
			req.AppendHeader(gosip.NewHeader("Content-Type", "application/sdp"))
			req.SetBody([]byte(c.body))
			_, err := ReadMessage(req)
			if c.refused != (err != nil) || err != nil && timbre.KindOf(err) != timbre.Unprocessable {
				t.Errorf("got %v, want it refused: %v", err, c.refused)
			}
		})
	}
}
