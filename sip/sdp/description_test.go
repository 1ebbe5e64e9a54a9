package sdp

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"timbre"
)

var peer = netip.MustParseAddr("192.0.2.9")

const head = "v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nc=IN IP4 192.0.2.1\nt=0 0\n"

const twoLines = `v=0
o=- 1 1 IN IP4 127.0.0.1
s=-
c=IN IP4 127.0.0.1
t=0 0
m=audio 30000 RTP/AVP 0 101
a=rtpmap:0 PCMU/8000
a=rtpmap:101 telephone-event/8000
a=label:1
a=sendonly
m=audio 30002 RTP/AVP 0 101
a=rtpmap:0 PCMU/8000
a=rtpmap:101 telephone-event/8000
a=label:2
a=sendonly
`

// read1 reads a description.
func read1(t testing.TB, sdp string) *Description {
	t.Helper()
	o, err := Read([]byte(sdp), peer)
	if err != nil {
		t.Fatalf("%v in\n%s", err, sdp)
	}
	return o
}

func TestLinesAreRead(t *testing.T) {
	for name, c := range map[string]struct {
		sdp, want string // rejection, or voice/events remote rtcp direction held label
	}{
		"G.711":                  {head + "m=audio 30000 RTP/AVP 0\n", "0/-1 192.0.2.1:30000 192.0.2.1:30001 sendrecv false "},
		"A-law first":            {head + "m=audio 30000 RTP/AVP 18 8 0 101\na=rtpmap:101 telephone-event/8000\na=sendonly\na=label: 7 \n", "8/101 192.0.2.1:30000 192.0.2.1:30001 sendonly false 7"},
		"dynamic":                {head + "m=audio 30000 RTP/AVP 96 97\na=rtpmap:96 pcma/8000/1\na=rtpmap:97 telephone-event/8000\n", "96/97 192.0.2.1:30000 192.0.2.1:30001 sendrecv false "},
		"wide events":            {head + "m=audio 30000 RTP/AVPF 0 97\na=rtpmap:97 telephone-event/48000\n", "0/-1 192.0.2.1:30000 192.0.2.1:30001 sendrecv false "},
		"RTCP elsewhere":         {head + "m=audio 30000 RTP/AVP 0\na=rtcp:40000 IN IP4 192.0.2.5\n", "0/-1 192.0.2.1:30000 192.0.2.5:40000 sendrecv false "},
		"RTCP on another port":   {head + "m=audio 30000 RTP/AVP 0\na=rtcp:40001\n", "0/-1 192.0.2.1:30000 192.0.2.1:40001 sendrecv false "},
		"RTCP that is none":      {head + "m=audio 65535 RTP/AVP 0\na=rtcp:x\n", "0/-1 192.0.2.1:65535 invalid AddrPort sendrecv false "},
		"its own address":        {head + "m=audio 30000 RTP/AVP 0\nc=IN IP4 192.0.2.3\n", "0/-1 192.0.2.3:30000 192.0.2.3:30001 sendrecv false "},
		"address after others":   {head + "m=audio 30000 RTP/AVP 0\na=sendonly\nb=AS:64\nc=IN IP4 192.0.2.3\n", "0/-1 192.0.2.3:30000 192.0.2.3:30001 sendonly false "},
		"IPv6":                   {strings.ReplaceAll(head, "IP4 192.0.2.1", "IP6 2001:db8::1") + "m=audio 30000 RTP/AVP 0\n", "0/-1 [2001:db8::1]:30000 [2001:db8::1]:30001 sendrecv false "},
		"no c=, no t=":           {"v=0\no=- 1516628962 0 IN IP4 0.0.0.0\ns=-\nm=audio 35011 RTP/AVP 0\na=label:1\n", "0/-1 192.0.2.9:35011 192.0.2.9:35012 sendrecv false 1"},
		"t= before c=":           {"v=0\no=- 1 0 IN IP4 0.0.0.0\ns=-\nt=0 0\nc=IN IP4 192.0.2.4\nm=audio 35011 RTP/AVP 0\n", "0/-1 192.0.2.4:35011 192.0.2.4:35012 sendrecv false "},
		"no o=, no s=":           {"v=0\nm=audio 35011 RTP/AVP 0\n", "0/-1 192.0.2.9:35011 192.0.2.9:35012 sendrecv false "},
		"a host name":            {"v=0\nc=IN IP4 media.example.com\nm=audio 35011 RTP/AVP 0\n", "0/-1 192.0.2.9:35011 192.0.2.9:35012 sendrecv false "},
		"inactive by session":    {head + "a=inactive\nm=audio 30000 RTP/AVP 0\n", "0/-1 192.0.2.1:30000 192.0.2.1:30001 inactive true "},
		"line beats session":     {head + "a=inactive\nm=audio 30000 RTP/AVP 0\na=sendonly\n", "0/-1 192.0.2.1:30000 192.0.2.1:30001 sendonly false "},
		"hold of RFC 2543":       {head + "m=audio 30000 RTP/AVP 0\nc=IN IP4 0.0.0.0\n", "0/-1 0.0.0.0:30000 0.0.0.0:30001 sendrecv true "},
		"receives only":          {head + "m=audio 30000 RTP/AVP 0\na=recvonly\n", "0/-1 192.0.2.1:30000 192.0.2.1:30001 recvonly true "},
		"odd attributes":         {head + "m=audio 30000 RTP/AVP 0\na=\na=direction:both\na=rtpmap:0\na=rtpmap:0 X\n", "0/-1 192.0.2.1:30000 192.0.2.1:30001 sendrecv false "},
		"video":                  {head + "m=video 30000 RTP/AVP 0\n", string(NotAudio)},
		"switched off":           {head + "m=audio 0 RTP/AVP 0\n", string(Disabled)},
		"encrypted, no key":      {head + "m=audio 30000 RTP/SAVP 0\n", string(NoKey)},
		"DTLS, no fingerprint":   {head + "m=audio 30000 UDP/TLS/RTP/SAVPF 0\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "\n", string(NoKey)},
		"fax on a port of audio": {head + "m=audio 30000 udptl 0\n", string(NotRTP)},
		"fax":                    {head + "m=image 30000 udptl t38\n", string(NotAudio)},
		"other codecs":           {head + "m=audio 30000 RTP/AVP 3 18 96\na=rtpmap:96 opus/16000\n", string(NoCodec)},
		"stereo G.711":           {head + "m=audio 30000 RTP/AVP 96\na=rtpmap:96 PCMA/8000/2\n", string(NoCodec)},
		"G.722":                  {head + "m=audio 30000 RTP/AVP 18 9 0\n", "9/-1 192.0.2.1:30000 192.0.2.1:30001 sendrecv false "},
		"Opus":                   {head + "m=audio 30000 RTP/AVP 96 9 97 98\na=rtpmap:96 opus/48000/2\na=rtpmap:97 telephone-event/8000\na=rtpmap:98 telephone-event/48000\n", "96/98 192.0.2.1:30000 192.0.2.1:30001 sendrecv false "},
		"nothing but silence":    {head + "m=audio 30000 RTP/AVP 13 97\na=rtpmap:97 telephone-event/8000\n", string(NoCodec)},
		"wide G.711":             {head + "m=audio 30000 RTP/AVP 96\na=rtpmap:96 PCMU/16000\n", string(NoCodec)},
		"a static type, no rate": {head + "m=audio 30000 RTP/AVP 8\na=rtpmap:8 PCMA\n", "8/-1 192.0.2.1:30000 192.0.2.1:30001 sendrecv false "},
		"an empty channel count": {head + "m=audio 30000 RTP/AVP 0\na=rtpmap:0 PCMU/8000/\n", "0/-1 192.0.2.1:30000 192.0.2.1:30001 sendrecv false "},
		"G.722 at its true rate": {head + "m=audio 30000 RTP/AVP 9 98\na=rtpmap:9 G722/16000\na=rtpmap:98 G722/16000\n", "9/-1 192.0.2.1:30000 192.0.2.1:30001 sendrecv false "},
		"dynamic wide G.722":     {head + "m=audio 30000 RTP/AVP 98\na=rtpmap:98 G722/16000\n", "98/-1 192.0.2.1:30000 192.0.2.1:30001 sendrecv false "},
		"a static type moved":    {head + "m=audio 30000 RTP/AVP 0\na=rtpmap:0 opus/48000/2\n", "0/-1 192.0.2.1:30000 192.0.2.1:30001 sendrecv false "},
		"a static type renamed":  {head + "m=audio 30000 RTP/AVP 0\na=rtpmap:0 G729/8000\n", "0/-1 192.0.2.1:30000 192.0.2.1:30001 sendrecv false "},
	} {
		t.Run(name, func(t *testing.T) {
			l := read1(t, c.sdp).Lines[0]
			got := string(l.Rejection)
			if got == "" {
				got = fmt.Sprintf("%d/%d %v %v %s %v %s", l.AudioType, l.EventType, l.Remote, l.RTCP, l.Direction, l.Held(), l.Label)
			}
			if got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestReadErrorsHaveTheirKinds(t *testing.T) {
	for name, c := range map[string]struct {
		sdp  string
		kind timbre.Kind
	}{
		"empty":          {"", timbre.Invalid},
		"not SDP":        {"hello, world", timbre.Invalid},
		"no port":        {head + "m=audio RTP/AVP 0\n", timbre.Invalid},
		"a bad port":     {head + "m=audio 99999999 RTP/AVP 0\n", timbre.Invalid},
		"a bad c=":       {"v=0\nc=IN\nm=audio 30000 RTP/AVP 0\n", timbre.Invalid},
		"too many lines": {head + strings.Repeat("a=x\n", maxLines), timbre.Invalid},
		"no m-line":      {head, timbre.Unprocessable},
		"many m-lines":   {head + strings.Repeat("m=audio 30000 RTP/AVP 0\n", maxMLines+1), timbre.Unprocessable},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Read([]byte(c.sdp), peer); err == nil || timbre.KindOf(err) != c.kind {
				t.Errorf("got %v, want kind %v", err, c.kind)
			}
		})
	}
}

func TestEveryLineIsAnswered(t *testing.T) {
	o := read1(t, head+`m=video 40000 RTP/AVP 31
a=label:v
m=audio 30000 RTP/AVP 18 8 0 101
a=rtpmap:18 G729/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-16
a=ptime:20
a=label:16777227
a=sendonly
m=audio 30002 RTP/AVP 0
a=label:b_leg
a=inactive
m=audio 30004 RTP/AVP 9
a=label:3
`)
	a := NewAnswerer(netip.MustParseAddr("192.0.2.200"))
	text, err := a.Answer(o, map[int]int{1: 20000, 2: 20002})
	if err != nil {
		t.Fatal(err)
	}
	_, got, _ := strings.Cut(string(text), "s=Timbre\r\n")
	want := strings.ReplaceAll(`c=IN IP4 192.0.2.200
t=0 0
m=video 0 RTP/AVP 31
a=label:v
m=audio 20000 RTP/AVP 8 101
a=label:16777227
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-15
a=ptime:20
a=recvonly
a=rtcp:20001
m=audio 20002 RTP/AVP 0
a=label:b_leg
a=rtpmap:0 PCMU/8000
a=inactive
a=rtcp:20003
m=audio 0 RTP/AVP 9
a=label:3
`, "\n", "\r\n")
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestTheOfferersFirstChoiceIsAnswered(t *testing.T) {
	const opus, events = "a=rtpmap:96 opus/48000/2\na=fmtp:96 maxplaybackrate=16000;stereo=1\n", "a=rtpmap:100 telephone-event/48000\na=rtpmap:101 telephone-event/8000\n"
	for name, c := range map[string]struct{ formats, attributes, want string }{
		"Opus first":  {"96 9 0 100 101", opus + events, "96 100|96 opus/48000/2|96 useinbandfec=1|100 telephone-event/48000|100 0-15"},
		"G.722 first": {"18 9 96 101", opus + events, "9 101|9 G722/8000|101 telephone-event/8000|101 0-15"},
		"A-law first": {"8 96 13", opus, "8|8 PCMA/8000"},
		"named anew":  {"97", "a=rtpmap:97 g722/8000/1\n", "97|97 G722/8000/1"},
	} {
		o := read1(t, head+"m=audio 30000 RTP/AVP "+c.formats+"\n"+c.attributes)
		text, err := NewAnswerer(peer).Answer(o, map[int]int{0: 20000})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for line := range strings.Lines(string(text)) {
			for _, prefix := range []string{"m=audio 20000 RTP/AVP ", "a=rtpmap:", "a=fmtp:"} {
				if value, ok := strings.CutPrefix(strings.TrimSpace(line), prefix); ok {
					got = append(got, value)
				}
			}
		}
		if strings.Join(got, "|") != c.want {
			t.Errorf("%s: got %q, want %q", name, strings.Join(got, "|"), c.want)
		}
		if n := len(strings.Fields(c.formats)) - strings.Count(c.formats, "18"); len(o.Lines[0].Payloads) != n {
			t.Errorf("%s: got %d formats to receive, want %d", name, len(o.Lines[0].Payloads), n)
		}
	}
}

func TestTheVersionCountsChangesOnly(t *testing.T) {
	a := NewAnswerer(netip.MustParseAddr("2001:db8::1"))
	o, held := read1(t, twoLines), read1(t, strings.ReplaceAll(twoLines, "sendonly", "inactive"))
	var origins []string
	for _, next := range []*Description{o, o, held, o} {
		text, err := a.Answer(next, map[int]int{0: 20000, 1: 20002})
		if err != nil {
			t.Fatal(err)
		}
		origins = append(origins, strings.Split(string(text), "\r\n")[1])
	}
	for i, version := range []int{1, 1, 2, 3} {
		if want := fmt.Sprintf("o=- %d %d IN IP6 2001:db8::1", a.origin.ID, version); origins[i] != want {
			t.Errorf("got %s, want %s", origins[i], want)
		}
	}
}

func FuzzDescription(f *testing.F) {
	f.Add([]byte(twoLines))
	f.Add([]byte("v=0\nm=audio 35011/2 RTP/AVP 0 8\na=rtcp:\nc=IN IP4 0.0.0.0/127\n"))
	f.Add([]byte(head + "m=audio 1 RTP/SAVP 0\na=rtcp-mux\na=crypto:1 AES_CM_128_HMAC_SHA1_32 inline:" + key30 + "|2^31|1:4\n"))
	f.Add([]byte(head + "a=fingerprint:sha-1 " + strings.Repeat("0A:", 19) + "0A\nm=audio 1 UDP/TLS/RTP/SAVPF 0\na=setup:passive\n"))
	f.Add([]byte(head + "m=video 1 UDP/TLS/RTP/SAVPF x\nm=audio 0 RTP/AVP\na=inactive\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		o, err := Read(raw, peer)
		if err != nil {
			if timbre.KindOf(err) == timbre.Internal {
				t.Errorf("got %v of kind Internal, want a kind that says what is wrong", err)
			}
			return
		}
		ports := map[int]int{}
		for i, l := range o.Acceptable(3) {
			ports[l.Index] = 20000 + 2*i
		}
		if len(ports) == 0 && slices.ContainsFunc(o.Lines, func(l Line) bool { return l.Rejection == "" }) {
			t.Error("got a line neither acceptable nor rejected")
		}
		answerer := NewAnswerer(peer)
		answerer.Fingerprint = ours
		text, err := answerer.Answer(o, ports)
		if err != nil {
			t.Fatal(err)
		}
		a, err := Read(text, peer)
		if err != nil {
			t.Fatalf("got %v for our own answer\n%s", err, text)
		}
		if len(a.Lines) != len(o.Lines) {
			t.Errorf("got %d lines answered, want %d", len(a.Lines), len(o.Lines))
		}
		for i, l := range a.Lines {
			if ports[i] != 0 && l.Secure() != o.Lines[i].Secure() {
				t.Errorf("line %d: got one side encrypted and the other not\n%s", i, text)
			}
			if (l.desc.MediaName.Port.Value != 0) != (ports[i] != 0) || l.Label != o.Lines[i].Label {
				t.Errorf("line %d: got port %d, label %q for label %q", i, l.desc.MediaName.Port.Value, l.Label, o.Lines[i].Label)
			}
		}
	})
}
