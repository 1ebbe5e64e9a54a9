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

// rtpengine relays a call of two telephones and forks it to Timbre: in the clear, and as SRTP, for which it offers twelve keys.
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
			ann, bob := newSpeaker(t, "s1_enrol_caller"), newSpeaker(t, "s1_enrol_agent")
			offered := e.command(t, "offer", dictionary{"call-id": "x", "from-tag": "a", "sdp": ann.sdp()})
			answered := e.command(t, "answer", dictionary{"call-id": "x", "from-tag": "a", "to-tag": "b", "sdp": bob.sdp()})
			fork := e.command(t, "subscribe request", dictionary{"call-id": "x", "flags": []string{"all", "SIPREC"}, "transport-protocol": c.protocol})
			sdp := fork["sdp"].(string)
			labels := regexp.MustCompile(`a=label:(\S+)`).FindAllStringSubmatch(sdp, -1)
			if len(labels) != 2 || c.protocol == "RTP/SAVP" && strings.Count(sdp, "a=crypto:") != 2*12 {
				t.Fatalf("rtpengine offers:\n%s", sdp)
			}
			s := newSRC(t, h)
			answer := s.invite(t, sdp, [2]string{labels[0][1], labels[1][1]})
			if !regexp.MustCompile(c.answer).MatchString(answer) {
				t.Errorf("the answer is:\n%s", answer)
			}
			e.command(t, "subscribe answer", dictionary{"call-id": "x", "to-tag": fork["to-tag"], "sdp": answer, "flags": []string{"allow transcoding"}})
			live := h.call(ctx, t)
			received := []*recorder{h.listen(t, live.TransactionID, 0), h.listen(t, live.TransactionID, 1)}

			sent := make(chan error, 2)
			go func() { sent <- ann.speak(answered["sdp"].(string)) }()
			go func() { sent <- bob.speak(offered["sdp"].(string)) }()
			must(t, <-sent)
			must(t, <-sent)
			for _, r := range received {
				r.until(ctx, t, speakerTalks)
			}
			by := map[string]*recorder{} // their labels: rtpengine knows the telephones by the order in which they came
			for i, l := range live.Legs {
				if want := []string{"caller", "callee"}[i]; l.Side != want || l.Label != labels[i][1] {
					t.Errorf("leg %d is %+v", i, l)
				}
				by[l.Label] = received[i]
			}
			by["1"].like(t, ann.pcm, 0.99)
			by["0"].like(t, bob.pcm, 0.99)
			if got := h.assertCleanReception(ctx, t); got != 2*len(ann.pcm)/160 {
				t.Errorf("got %d packets", got)
			}
			s.bye(t)
			h.over(ctx, t)
		})
	}
}

const speakerTalks = 5 * time.Second

// speaker is a telephone's media: A-law from a port of its own.
type speaker struct {
	*net.UDPConn
	pcm []int16
}

func newSpeaker(t *testing.T, name string) *speaker {
	t.Helper()
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: ports(t, 2)})
	must(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	return &speaker{conn, speech(t, name, speakerTalks)}
}

func (s *speaker) sdp() string {
	return fmt.Sprintf("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio %d RTP/AVP 8 101\r\n"+
		"a=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n", s.LocalAddr().(*net.UDPAddr).Port)
}

// speak says it all to where a session description says, five times faster than people do.
func (s *speaker) speak(sdp string) error {
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
