package advisory

import (
	"slices"
	"testing"
	"time"
)

// Media bleeds if who sends packets to a relay's port gets the other party's, or is heard in its place: CVE-2017-14099, AST-2017-005;
// CVE-2017-14603, AST-2017-008 (Asterisk, RTP and RTCP); CVE-2025-53399 (rtpengine). Strangers at other hosts send before the parties do;
// strangers at other ports of the caller's host send when it has begun.
func TestRTPBleed(t *testing.T) {
	s := serve(t)
	c := s.connector(t, "127.0.0.1/32")
	ann, gateway := s.peer(t, "udp", "127.0.0.1"), s.peer(t, "udp", "127.0.0.20")
	s.route(t, c, gateway)
	hers, theirs := media(t, ann.host), media(t, gateway.host)
	call := ann.bridged(c)
	call.body = offer(ann.host, hers.port())
	ann.send(ann.text(call))
	invite := gateway.receive("^INVITE")
	gateway.reply(invite, "200 OK", offer(gateway.host, theirs.port()))
	answer := ann.answer(call)
	forAnn, forGateway := mediaOf(answer), mediaOf(invite)

	report := []byte{0x80, 201, 0, 1, 0, 0, 0, 9}
	spray := func(from socket) {
		for i := range 40 {
			from.send(forAnn, packet(uint16(i), 9, 0xEE))
			from.send(forGateway, packet(uint16(i), 9, 0xEE))
			from.send(controlOf(forAnn), report)
			from.send(controlOf(forGateway), report)
		}
	}
	strangers := []socket{media(t, "127.0.0.62"), media(t, "127.0.0.63")}
	spray(strangers[0])
	const packets = 30
	for i := range packets {
		hers.send(forAnn, packet(uint16(i), 1, 0x11))
		theirs.send(forGateway, packet(uint16(i), 2, 0x22))
		if i == 10 { // both sources are fixed by then
			until(t, "reception of both legs", func() bool {
				legs := s.received(t, call.call)
				return len(legs) == 2 && legs[0].Packets > 0 && legs[1].Packets > 0
			})
			strangers = append(strangers, media(t, ann.host))
			for _, st := range strangers {
				spray(st)
			}
		}
	}
	for i, st := range strangers {
		if got := st.hears(200 * time.Millisecond); len(got) > 0 {
			t.Errorf("stranger %d: got %d datagrams, want none", i, len(got))
		}
	}
	for who, at := range map[string]struct {
		socket
		want byte
	}{"caller": {hers, 0x22}, "gateway": {theirs, 0x11}} {
		got, foreign := at.hears(300*time.Millisecond), 0
		for _, p := range got {
			if len(p) == 172 && p[50] != at.want {
				foreign++
			}
		}
		if foreign > 0 || len(got) < packets {
			t.Errorf("%s: got %d packets, %d of strangers, want at least %d and none", who, len(got), foreign, packets)
		}
	}
	ann.send(ann.text(request{method: "BYE", uri: call.uri, call: call.call, seq: 2, tag: tag(answer)}))
}

// The same before the source is fixed: a few packets of a stranger at another port of the caller's host must not shut out the caller, which
// sends from another port than it has signalled.
func TestRTPBleedFromTheStart(t *testing.T) {
	s := serve(t)
	c := s.connector(t, "127.0.0.1/32")
	ann, gateway := s.peer(t, "udp", "127.0.0.1"), s.peer(t, "udp", "127.0.0.20")
	s.route(t, c, gateway)
	signalled, hers, theirs, stranger := media(t, ann.host), media(t, ann.host), media(t, gateway.host), media(t, ann.host)
	call := ann.bridged(c)
	call.body = offer(ann.host, signalled.port())
	ann.send(ann.text(call))
	invite := gateway.receive("^INVITE")
	gateway.reply(invite, "200 OK", offer(gateway.host, theirs.port()))
	answer := ann.answer(call)
	forAnn := mediaOf(answer)
	const strange, packets, atMostLost = 3, 30, 5
	for i := range strange {
		stranger.send(forAnn, packet(uint16(i), 9, 0xEE))
	}
	until(t, "the stranger's packets", func() bool {
		return slices.ContainsFunc(s.received(t, call.call), func(r reception) bool { return r.Packets >= strange })
	})
	for i := range packets {
		hers.send(forAnn, packet(uint16(i), 1, 0x11))
		stranger.send(forAnn, packet(uint16(1000*i), 9, 0xEE))
	}
	heard := map[byte]int{}
	for _, p := range theirs.hears(300 * time.Millisecond) {
		if len(p) == 172 {
			heard[p[50]]++
		}
	}
	if heard[0x11] < packets-atMostLost {
		t.Errorf("got %d packets of the caller at the gateway, want at least %d of %d", heard[0x11], packets-atMostLost, packets)
	}
	if heard[0xEE] > strange+atMostLost {
		t.Errorf("got %d packets of the stranger at the gateway, want %d at most", heard[0xEE], strange+atMostLost)
	}
	ann.send(ann.text(request{method: "BYE", uri: call.uri, call: call.call, seq: 2, tag: tag(answer)}))
}
