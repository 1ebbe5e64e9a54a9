package peer

import (
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"regexp"
	"strings"
	"testing"
	"time"

	"timbre/rtp/codec"
)

// rtpengine relays a call of two phones and forks it to Timbre as RTP, and as SRTP with an offer of twelve crypto suites.
func TestRtpengineForksCall(t *testing.T) {
	for name, c := range map[string]struct{ protocol, answer string }{
		"RTP":  {"RTP/AVP", `m=audio \d+ RTP/AVP `},
		"SRTP": {"RTP/SAVP", `(?s)m=audio \d+ RTP/SAVP .*a=crypto:\d+ AEAD_AES_256_GCM inline:[^=]{59}\r\n`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), timeout)
			defer cancel()
			e, _ := rtpengine(t, t.TempDir())
			h := open(ctx, t, false)
			ann, bob := newPhoneMedia(t, "s1_enrol_caller"), newPhoneMedia(t, "s1_enrol_agent")
			offered := e.command(t, "offer", dictionary{"call-id": "x", "from-tag": "a", "sdp": ann.sdp()})
			answered := e.command(t, "answer", dictionary{"call-id": "x", "from-tag": "a", "to-tag": "b", "sdp": bob.sdp()})
			fork := e.command(t, "subscribe request", dictionary{"call-id": "x", "flags": []string{"all", "SIPREC"}, "transport-protocol": c.protocol})
			sdp := fork["sdp"].(string)
			labels := regexp.MustCompile(`a=label:(\S+)`).FindAllStringSubmatch(sdp, -1)
			if len(labels) != 2 || c.protocol == "RTP/SAVP" && strings.Count(sdp, "a=crypto:") != 2*12 {
				t.Fatalf("got offer\n%s\nwant two labels, and twelve keys each with SRTP", sdp)
			}
			s := newSRC(t, h)
			answer := s.invite(t, sdp, [2]string{labels[0][1], labels[1][1]})
			if !regexp.MustCompile(c.answer).MatchString(answer) {
				t.Errorf("got answer\n%s\nwant a match of %s", answer, c.answer)
			}
			e.command(t, "subscribe answer", dictionary{"call-id": "x", "to-tag": fork["to-tag"], "sdp": answer, "flags": []string{"allow transcoding"}})
			live := h.call(ctx, t)
			received := []*recorder{h.listen(t, live.TransactionID, 0), h.listen(t, live.TransactionID, 1)}

			done := make(chan error, 2)
			go func() { done <- ann.play(answered["sdp"].(string)) }()
			go func() { done <- bob.play(offered["sdp"].(string)) }()
			must(t, <-done)
			must(t, <-done)
			for _, r := range received {
				r.until(ctx, t, phoneTalks)
			}
			byLabel := map[string]*recorder{} // rtpengine labels the phones in the order of their offer and answer
			for i, l := range live.Legs {
				if want := []string{"caller", "callee"}[i]; l.Side != want || l.Label != labels[i][1] {
					t.Errorf("leg %d: got side %s and label %s, want %s and %s", i, l.Side, l.Label, want, labels[i][1])
				}
				byLabel[l.Label] = received[i]
			}
			byLabel["1"].assertSimilar(t, ann.pcm, 0.99)
			byLabel["0"].assertSimilar(t, bob.pcm, 0.99)
			if got := h.assertCleanReception(ctx, t); got != 2*len(ann.pcm)/160 {
				t.Errorf("got %d packets, want %d", got, 2*len(ann.pcm)/160)
			}
			s.bye(t)
			h.waitEnded(ctx, t)
		})
	}
}

const phoneTalks = 5 * time.Second

// phoneMedia is the media side of a phone: A-law from its own port.
type phoneMedia struct {
	*net.UDPConn
	pcm []int16
}

func newPhoneMedia(t *testing.T, name string) *phoneMedia {
	t.Helper()
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: ports(t, 2)})
	must(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	return &phoneMedia{conn, speech(t, name, phoneTalks)}
}

func (s *phoneMedia) sdp() string {
	return fmt.Sprintf("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio %d RTP/AVP 8 101\r\n"+
		"a=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n", s.LocalAddr().(*net.UDPAddr).Port)
}

// play sends all audio to the address in a session description, at five times real time.
func (s *phoneMedia) play(sdp string) error {
	var port int
	if _, err := fmt.Sscanf(regexp.MustCompile(`m=audio (\d+)`).FindString(sdp), "m=audio %d", &port); err != nil {
		return err
	}
	to := &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port}
	tick := time.NewTicker(4 * time.Millisecond)
	defer tick.Stop()
	payload := codec.ALaw.Encode(nil, s.pcm)
	for n := 0; (n+1)*160 <= len(payload); n++ {
		packet := []byte{0x80, 8}
		packet = binary.BigEndian.AppendUint16(packet, uint16(n))
		packet = binary.BigEndian.AppendUint32(packet, uint32(n*160))
		packet = binary.BigEndian.AppendUint32(packet, uint32(to.Port))
		if _, err := s.WriteToUDP(append(packet, payload[n*160:(n+1)*160]...), to); err != nil {
			return err
		}
		<-tick.C
	}
	return nil
}
