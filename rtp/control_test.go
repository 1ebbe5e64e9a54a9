package rtp

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/pion/rtcp"

	"timbre"
)

// An SDP may name any host as the destination of reports. It gets none before it has sent something.
func TestReportsGoOnlyToHostsThatHaveSent(t *testing.T) {
	p := pool(t, 50)
	here, victim := addr("10.0.0.1:4000"), addr("192.0.2.66:53")
	for _, c := range []struct {
		name            string
		rtcp, from, say netip.AddrPort // signalled; of the media; of an RTCP packet, if any
		want            netip.AddrPort
	}{
		{"not signalled", netip.AddrPort{}, here, netip.AddrPort{}, addr("10.0.0.1:4001")},
		{"the host of the media", addr("10.0.0.1:9999"), here, netip.AddrPort{}, addr("10.0.0.1:9999")},
		{"another host", victim, here, netip.AddrPort{}, addr("10.0.0.1:4001")},
		{"another host that has sent reports", addr("10.0.0.7:4001"), here, addr("10.0.0.7:4001"), addr("10.0.0.7:4001")},
		{"another port of another host", addr("10.0.0.7:4001"), here, addr("10.0.0.7:5000"), addr("10.0.0.1:4001")},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := p.stream(timbre.Media{Remote: here, RTCP: c.rtcp}, &recorder{})
			s.take(speech(), c.from)
			if c.say.IsValid() {
				s.handleControl(onControl, []byte{0x80, 201, 0, 1, 0, 0, 0, 9}, c.say, p.env.Now())
			}
			if got := s.reportAddr(); got != c.want {
				t.Errorf("got reports to %v, want %v", got, c.want)
			}
		})
	}
}

func TestCanonicalNameOfTheSourceIsKept(t *testing.T) {
	s, from, to := open(t, pool(t, 50), func(m *timbre.Media) { m.Mux = true })
	from.sendFrames(1)
	to.wait(t, 1)
	for _, ssrc := range []uint32{78, 77} { // the source is 77
		b, err := rtcp.Marshal([]rtcp.Packet{&rtcp.SenderReport{SSRC: ssrc}, rtcp.NewCNAMESourceDescription(ssrc, fmt.Sprintf("of-%d", ssrc))})
		if err != nil {
			t.Fatal(err)
		}
		from.raw(b)
	}
	for s.Stats().SenderReports < 2 {
		await(t)
	}
	if got := s.Reception().CNAME; got != "of-77" {
		t.Errorf("got %q, want that of the source", got)
	}
}
