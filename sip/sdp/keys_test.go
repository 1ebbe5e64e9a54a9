package sdp

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"

	"timbre"
)

const (
	ours   = "sha-256 01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:1F:20"
	theirs = "sha-256 A1:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:1F:20"
)

// answer1 answers the only line of an offer, and describes its stream.
func answer1(t *testing.T, a *Answerer, sdp string) (string, timbre.Media) {
	t.Helper()
	o := read1(t, sdp)
	if l := o.Lines[0]; l.Rejection != "" {
		t.Fatalf("got rejected: %s %v in\n%s", l.Rejection, l.KeyFaults, sdp)
	}
	text, err := a.Answer(o, map[int]int{0: 20000})
	if err != nil {
		t.Fatal(err)
	}
	return string(text), a.Spec(&o.Lines[0], peer, peer, false)
}

func TestTheLocalKeyStaysWhileTheSuiteDoes(t *testing.T) {
	a := NewAnswerer(peer)
	offered := func(proto string, cryptos ...string) string {
		return head + "m=audio 30000 " + proto + " 0\na=crypto:" + strings.Join(cryptos, "\na=crypto:") + "\n"
	}
	first := "1 AES_CM_128_HMAC_SHA1_80 inline:" + key30
	_, one := answer1(t, a, offered("RTP/SAVP", first))
	_, again := answer1(t, a, offered("RTP/SAVP", first))
	if !one.Equal(again) {
		t.Error("got another stream for the same offer")
	}
	text, retagged := answer1(t, a, offered("RTP/SAVPF", strings.Replace(first, "1", "2", 1)))
	if !bytes.Equal(retagged.Keys.Local, one.Keys.Local) || !strings.Contains(text, "a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:") || !strings.Contains(text, "RTP/SAVPF") {
		t.Errorf("for a new tag: got another key, or\n%s", text)
	}
	_, rekeyed := answer1(t, a, offered("RTP/SAVP", "1 AES_CM_128_HMAC_SHA1_80 inline:"+strings.Repeat("A", 40)))
	if rekeyed.Equal(one) || !bytes.Equal(rekeyed.Keys.Local, one.Keys.Local) || bytes.Equal(rekeyed.Keys.Remote, one.Keys.Remote) {
		t.Error("for a new remote key: got the old one, or a new local one")
	}
	_, stronger := answer1(t, a, offered("RTP/SAVP", "1 AEAD_AES_128_GCM inline:"+key28))
	if stronger.Keys.Suite != "AEAD_AES_128_GCM" || len(stronger.Keys.Local) != 28 {
		t.Errorf("got %+v, want a key of AEAD_AES_128_GCM", stronger.Keys)
	}
	if _, open := answer1(t, a, head+"m=audio 30000 RTP/AVP 0\n"); open.Keys != nil {
		t.Error("got keys for a stream in the clear")
	}
	_, back := answer1(t, a, offered("RTP/AVP", first)) // opportunistic
	if back.Keys == nil || bytes.Equal(back.Keys.Local, one.Keys.Local) {
		t.Error("got a key again that was given up")
	}
}

func TestHandshakeRoles(t *testing.T) {
	for name, c := range map[string]struct {
		attributes string
		passive    bool
		want       string
	}{
		"either":             {"a=setup:actpass\n", false, "active"},
		"either, behind NAT": {"a=setup:actpass\n", true, "passive"},
		"active peer":        {"a=setup:active\n", false, "passive"},
		"passive peer":       {"a=setup:passive\n", true, "active"},
		"no setup":           {"", false, "passive"},
		"unknown setup":      {"a=setup:holdconn\n", false, "passive"},
	} {
		for _, proto := range []string{"UDP/TLS/RTP/SAVP", "UDP/TLS/RTP/SAVPF", "RTP/SAVPF", "RTP/AVP"} {
			a := NewAnswerer(peer)
			a.Fingerprint, a.Passive = ours, c.passive
			text, spec := answer1(t, a, head+"m=audio 30000 "+proto+" 0\na=fingerprint:"+strings.ToLower(theirs)+"\n"+c.attributes)
			if !strings.Contains(text, "a=setup:"+c.want+"\r\n") || !strings.Contains(text, "a=fingerprint:"+ours+"\r\n") || !strings.Contains(text, proto+" 0\r\n") {
				t.Errorf("%s, %s: got\n%s\nwant setup %s", name, proto, text, c.want)
			}
			if d := spec.DTLS; d == nil || d.Fingerprint != theirs || d.Active != (c.want == "active") || spec.Keys != nil {
				t.Errorf("%s, %s: got %+v, want active %v", name, proto, d, c.want == "active")
			}
		}
	}
}

func TestAHandshakeKeepsItsRoles(t *testing.T) {
	a := NewAnswerer(peer)
	a.Fingerprint = ours
	line := head + "m=audio 30000 UDP/TLS/RTP/SAVP 0\na=fingerprint:" + theirs + "\n"
	_, first := answer1(t, a, line+"a=setup:active\n")
	_, second := answer1(t, a, line+"a=setup:actpass\n")
	if first.DTLS.Active || *second.DTLS != *first.DTLS {
		t.Errorf("got %+v, want %+v", second.DTLS, first.DTLS)
	}
	if _, other := answer1(t, a, strings.Replace(line, "A1", "A2", 1)+"a=setup:actpass\n"); !other.DTLS.Active {
		t.Error("got the old roles for another certificate")
	}
}

func TestFingerprints(t *testing.T) {
	sha1 := "sha-1 " + strings.Repeat("AB:", 19) + "AB"
	for name, c := range map[string]struct{ sdp, want string }{
		"the stronger one":  {"m=audio 30000 UDP/TLS/RTP/SAVP 0\na=fingerprint:" + sha1 + "\na=fingerprint:SHA-256 " + theirs[8:] + "\n", theirs},
		"of the session":    {"a=fingerprint:" + theirs + "\na=setup:actpass\nm=audio 30000 UDP/TLS/RTP/SAVP 0\n", theirs},
		"a weak one":        {"m=audio 30000 UDP/TLS/RTP/SAVP 0\na=fingerprint:md5 " + strings.Repeat("AB:", 15) + "AB\n", ""},
		"cut short":         {"m=audio 30000 UDP/TLS/RTP/SAVP 0\na=fingerprint:" + theirs[:40] + "\n", ""},
		"without colons":    {"m=audio 30000 UDP/TLS/RTP/SAVP 0\na=fingerprint:" + strings.ReplaceAll(theirs, ":", "") + "\n", ""},
		"no digits":         {"m=audio 30000 UDP/TLS/RTP/SAVP 0\na=fingerprint:" + strings.ReplaceAll(theirs, "A", "G") + "\n", ""},
		"keys come first":   {"m=audio 30000 RTP/SAVP 0\na=fingerprint:" + theirs + "\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "\n", ""},
		"an unusable key":   {"m=audio 30000 RTP/SAVP 0\na=fingerprint:" + theirs + "\na=crypto:1 NULL_HMAC_SHA1_80 inline:" + key30 + "\n", theirs},
		"none, in the open": {"m=audio 30000 RTP/AVP 0\n", ""},
	} {
		if l := read1(t, head+c.sdp).Lines[0]; l.fingerprint != c.want || l.Secure() != (c.want != "" || name == "keys come first") {
			t.Errorf("%s: got %q, secure %v, want %q", name, l.fingerprint, l.Secure(), c.want)
		}
	}
}

func TestRequireEncryptionRejectsLinesInTheClear(t *testing.T) {
	o := read1(t, head+"m=audio 30000 RTP/AVP 0\nm=audio 30002 RTP/SAVP 0\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:"+key30+"\nm=audio 0 RTP/AVP 0\n")
	o.RequireEncryption()
	if got := [3]Rejection{o.Lines[0].Rejection, o.Lines[1].Rejection, o.Lines[2].Rejection}; got != [3]Rejection{InClear, "", Disabled} {
		t.Errorf("got %q", got)
	}
}

func TestLinesHeldAsInRFC2543AreReachedAtTheirPeer(t *testing.T) {
	_, spec := answer1(t, NewAnswerer(peer), "v=0\nc=IN IP4 0.0.0.0\nm=audio 30000 RTP/AVP 0\n")
	if spec.Remote != netip.AddrPortFrom(peer, 30000) || spec.RTCP.IsValid() || !spec.Hold {
		t.Errorf("got %+v, want it held at %v", spec, peer)
	}
}
