package transport

import (
	"net"
	"net/netip"
	"strings"
	"testing"

	gosip "github.com/emiago/sipgo/sip"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
)

var someone = timbre.Origin{Addr: netip.MustParseAddr("192.0.2.1"), Returned: true}

func TestInspectFollowsTheVerdict(t *testing.T) {
	invite, options := text("INVITE", "192.0.2.1:5060"), text("OPTIONS", "192.0.2.1:5060")
	for name, c := range map[string]struct {
		banned, busy bool // the verdict
		text         string
		pass         bool
		response     string // start
		isBanned     bool
	}{
		"read":               {false, false, invite, true, "", false},
		"banned":             {true, false, invite, false, "", true},
		"busy":               {false, true, invite, false, "SIP/2.0 503 Service Unavailable\r\nRetry-After: 5\r\n", false},
		"busy, no INVITE":    {false, true, options, true, "", false},
		"busy, half INVITE":  {false, true, "INVITE sip:x SIP/2.0\r\n\r\n", false, "", false},
		"banned and garbled": {true, false, "nonsense", false, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			s, v := newStack(t, Config{}, ok)
			v.banned, v.busy = c.banned, c.busy
			in := s.Inspect(someone, []byte(c.text))
			if got := in.Pass != nil; got != c.pass || (in.Message != nil) != c.pass {
				t.Errorf("got pass %v with message %v, want pass %v", got, in.Message, c.pass)
			}
			if !strings.HasPrefix(string(in.Response), c.response) || (len(in.Response) > 0) != (c.response != "") {
				t.Errorf("got response %q, want %q", in.Response, c.response)
			}
			if in.Banned != c.isBanned {
				t.Errorf("got banned %v, want %v", in.Banned, c.isBanned)
			}
		})
	}
}

func TestInspectRepairsOrCountsWhatCannotBeParsed(t *testing.T) {
	good := text("INVITE", "192.0.2.1:5060")
	s, v := newStack(t, Config{}, ok)
	open := strings.Replace(good, "5060>;+sip.src", "5060", 1) + "From: <a\r\n" // the body is left as it is
	if in := s.Inspect(someone, []byte(open)); in.Message == nil || in.Message.(*gosip.Request).Contact().Address.Host != "192.0.2.1" {
		t.Errorf("got %q of a Contact without its closing bracket, want it repaired", in.Pass)
	}
	if len(v.failed) != 0 {
		t.Errorf("got %d failures counted for a repaired message, want 0", len(v.failed))
	}
	in := s.Inspect(someone, []byte(strings.Replace(good, "Max-Forwards: 70", "Max-Forwards: lots", 1)))
	if in.Pass != nil || !strings.HasPrefix(string(in.Response), "SIP/2.0 400 ") {
		t.Errorf("got pass %q and response %q, want a 400", in.Pass, in.Response)
	}
	if len(v.failed) != 1 || v.failed[0] != someone {
		t.Errorf("got failures of %v, want one of %v", v.failed, someone)
	}
	if n := testutil.ToFloat64(s.metrics.rejected.WithLabelValues("parse")); n != 1 {
		t.Errorf("got %v counted, want 1", n)
	}
}

func TestAResponseHasWhatEveryMessageHas(t *testing.T) {
	good := strings.Replace(text("OPTIONS", "192.0.2.1:5060"), "OPTIONS sip:timbre@127.0.0.1 SIP/2.0", "SIP/2.0 200 OK", 1)
	for _, name := range []string{"From", "To", "Call-ID", "CSeq", "Via"} {
		s, v := newStack(t, Config{}, ok)
		if in := s.Inspect(someone, []byte(good)); in.Pass == nil {
			t.Fatalf("got a whole response refused, want it passed:\n%s", good)
		}
		in := s.Inspect(someone, []byte(strings.Replace(good, "\r\n"+name+":", "\r\nX-Was:", 1)))
		if in.Pass != nil || in.Response != nil || len(v.failed) != 1 {
			t.Errorf("without %s: got pass %q, response %q and %d failures, want it dropped and counted", name, in.Pass, in.Response, len(v.failed))
		}
	}
}

func TestPrefilterPassesWhatIsReadable(t *testing.T) {
	s, _ := newStack(t, Config{}, ok)
	from := gosip.TransportReadProps{Transport: "UDP", LocalAddr: &net.UDPAddr{}, RemoteAddr: &net.UDPAddr{}}
	message := text("INVITE", "192.0.2.1:5060")
	for _, c := range []struct{ transport, text, want string }{
		{"UDP", "\r\n\r\n", ""},
		{"UDP", "", ""},
		{"UDP", "\x00\x00", ""},
		{"UDP", message, message},
		{"TCP", "half a mess", "half a mess"},
	} {
		from.Transport = c.transport
		if got, err := s.prefilter(from, []byte(c.text)); err != nil || string(got) != c.want {
			t.Errorf("got %q, %v of %q by %s, want %q", got, err, c.text, c.transport, c.want)
		}
	}
}

func FuzzPrefilter(f *testing.F) {
	f.Add([]byte(text("INVITE", "192.0.2.1:5060")))
	f.Add([]byte(strings.Replace(text("INVITE", "192.0.2.1:5060"), ">;+sip.src", "", 1)))
	f.Add([]byte("INVITE sip:x SIP/2.0\r\nVia: x\r\nFrom: x\r\nTo: x\r\nCall-ID: x\r\nCSeq: x\r\n\r\n"))
	s, _ := newStack(f, Config{}, ok)
	unparsable := s.metrics.rejected.WithLabelValues("parse")
	from := gosip.TransportReadProps{Transport: "UDP", LocalAddr: &net.UDPAddr{}, RemoteAddr: &net.UDPAddr{}}
	f.Fuzz(func(t *testing.T, data []byte) {
		before := testutil.ToFloat64(unparsable)
		got, err := s.prefilter(from, data)
		if err != nil {
			t.Fatal(err)
		}
		counted := testutil.ToFloat64(unparsable) - before
		empty := func(b []byte) bool { return len(strings.Trim(string(b), "\r\n\x00")) == 0 }
		if _, err := s.parse(got); len(got) > 0 && !empty(got) && err != nil {
			t.Errorf("got %q passed, which cannot be parsed: %v", got, err)
		}
		if len(got) == 0 && !empty(data) && counted != 1 {
			t.Errorf("got %v counted for a dropped message, want 1", counted)
		}
	})
}
