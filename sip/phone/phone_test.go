package phone

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
	"github.com/pion/rtp"

	"timbre"
	"timbre/environment"
)

func audio(n int, b byte) []byte { return bytes.Repeat([]byte{b}, n) }

func config(server string) Config {
	return Config{
		Server: server, From: "+12065550101", To: "+12065550199", Metadata: true, Speed: 20,
		Caller: Party{AOR: "sip:+12065550101@example.com", Name: "Ann & Co", Audio: audio(1600, 1)},
		Callee: Party{AOR: "sip:agent@example.com", Audio: audio(1000, 2)},
	}
}

func TestSIPRECCallSendsBothLegs(t *testing.T) {
	for _, network := range []string{"udp", "tcp"} {
		t.Run(network, func(t *testing.T) {
			u := newUAS(t, network)
			c, err := Dial(t.Context(), environment.Environment{}, config(u.url))
			must(t, err)
			if c.TransactionID != "5f1c2f1e-0000-4000-8000-000000000001" {
				t.Errorf("got transaction id %q, want the one in the answer", c.TransactionID)
			}
			inv := receive(t, u.invites, "INVITE")
			receive(t, u.acks, "ACK")
			for _, c := range []struct{ what, got, want string }{
				{"Call-ID", inv.CallID().Value(), c.CallID},
				{"Require", inv.GetHeader("Require").Value(), "siprec"},
				{"From", inv.From().Address.User, "+12065550101"},
				{"Request-URI", inv.Recipient.User, "+12065550199"},
			} {
				if c.got != c.want {
					t.Errorf("%s: got %s, want %s", c.what, c.got, c.want)
				}
			}
			if !inv.Contact().Params.Has("+sip.src") {
				t.Errorf("got Contact %s, want +sip.src", inv.Contact().Value())
			}
			must(t, c.Play(t.Context()))
			streams := receive(t, u.taken, "call").streams
			checkStream(t, streams[0].wait(t, 10), audio(1600, 1))
			checkStream(t, streams[1].wait(t, 10), append(audio(1000, 2), audio(600, 0xFF)...))
			must(t, c.Hangup(t.Context()))
			receive(t, u.byes, "BYE")
			receive(t, c.Ended(), "the end")
			must(t, c.Hangup(t.Context())) // again: no harm
		})
	}
}

func checkStream(t *testing.T, got []rtp.Packet, audio []byte) {
	t.Helper()
	var received []byte
	for i, p := range got {
		want := rtp.Header{
			Version: 2, Marker: i == 0, PayloadType: ULaw, SSRC: got[0].SSRC,
			SequenceNumber: got[0].SequenceNumber + uint16(i), Timestamp: got[0].Timestamp + uint32(i)*timbre.FrameSamples,
		}
		if p.Version != want.Version || p.Marker != want.Marker || p.PayloadType != want.PayloadType {
			t.Errorf("packet %d: got %v, want %v", i, p.Header, want)
		}
		if p.SSRC != want.SSRC || p.SequenceNumber != want.SequenceNumber || p.Timestamp != want.Timestamp {
			t.Errorf("packet %d: got %v, want %v", i, p.Header, want)
		}
		received = append(received, p.Payload...)
	}
	if !bytes.Equal(received, audio) {
		t.Errorf("got %d packets with %d bytes, want the audio of %d bytes", len(got), len(received), len(audio))
	}
}

func TestMetadataNamesTheSenderOfEachStream(t *testing.T) {
	u := newUAS(t, "udp")
	c, err := Dial(t.Context(), environment.Environment{}, config(u.url))
	must(t, err)
	defer func() { must(t, c.Hangup(context.Background())) }()
	_, text := parts(t, receive(t, u.invites, "INVITE"))
	var r recording
	must(t, xml.Unmarshal([]byte(text), &r))
	labels := map[string]string{}
	for _, s := range r.Streams {
		labels[s.ID] = s.Label
	}
	for i, want := range []struct{ aor, name, label string }{
		{"sip:+12065550101@example.com", "Ann & Co", "1"}, {"sip:agent@example.com", "", "2"},
	} {
		p, s := r.Participants[i], r.Speaking[i]
		if p.Name.AOR != want.aor || p.Name.Name != want.name || s.Participant != p.ID || labels[s.Send] != want.label ||
			len(s.Receive) != 1 || s.Receive[0] != r.Speaking[1-i].Send {
			t.Errorf("participant %d: got %+v, %+v, want %+v", i, p, s, want)
		}
	}
}

func TestMixedCallHasOneStreamWithTwoSenders(t *testing.T) {
	u := newUAS(t, "udp")
	cfg := config(u.url)
	cfg.Mixed = true
	c, err := Dial(t.Context(), environment.Environment{}, cfg)
	must(t, err)
	defer func() { must(t, c.Hangup(context.Background())) }()
	_, text := parts(t, receive(t, u.invites, "INVITE"))
	var r recording
	must(t, xml.Unmarshal([]byte(text), &r))
	if len(r.Streams) != 1 || len(r.Speaking) != 2 || r.Speaking[0].Send != r.Streams[0].ID || r.Speaking[1].Send != r.Streams[0].ID {
		t.Errorf("got\n%s\nwant one stream that both send", text)
	}
}

func TestPlainCallIsMarkedRecordOnly(t *testing.T) {
	u := newUAS(t, "udp")
	cfg := config(u.url)
	cfg.Metadata, cfg.PayloadType, cfg.RequestURI = false, ALaw, "sip:+1206@abc.voiceconnector.local"
	c, err := Dial(t.Context(), environment.Environment{}, cfg)
	must(t, err)
	defer func() { must(t, c.Hangup(context.Background())) }()
	inv := receive(t, u.invites, "INVITE")
	offer, text := parts(t, inv)
	if text != "" || strings.Contains(offer, "a=label") || strings.Count(offer, "m=audio ") != 2 || !strings.Contains(offer, "PCMA/8000") ||
		inv.GetHeader("X-Voice-Connector-Record-Only").Value() != "true" || inv.Recipient.Host != "abc.voiceconnector.local" {
		t.Errorf("got\n%s\nwant two PCMA lines without labels, marked record-only", inv)
	}
	must(t, c.Play(t.Context()))
	if p := receive(t, u.taken, "call").streams[1].wait(t, 10)[9]; p.PayloadType != ALaw || p.Payload[159] != 0xD5 {
		t.Errorf("got silence %#x in payload type %d, want 0xd5 in 8", p.Payload[159], p.PayloadType)
	}
}

func TestAnswerSetsWhereEachLegGoes(t *testing.T) {
	for name, answer := range map[string]func(labels []string, ports []int) string{
		"labels crossed": func(l []string, p []int) string {
			return sdpAnswer([]string{l[1], l[0]}, []int{p[1], p[0]})
		},
		"no labels": func(l []string, p []int) string { return sdpAnswer([]string{"", ""}, p) },
	} {
		t.Run(name, func(t *testing.T) {
			u := newUAS(t, "udp", func(u *uas) { u.answer = answer })
			c, err := Dial(t.Context(), environment.Environment{}, config(u.url))
			must(t, err)
			must(t, c.Play(t.Context()))
			streams := receive(t, u.taken, "call").streams
			if first, second := streams[0].wait(t, 10), streams[1].wait(t, 10); first[0].Payload[0] != 1 || second[0].Payload[0] != 2 {
				t.Error("got each leg at the other's port, want its own")
			}
			must(t, c.Hangup(t.Context()))
		})
	}
}

func TestAnswerWithoutAudioEndsTheCall(t *testing.T) {
	u := newUAS(t, "udp", func(u *uas) {
		u.answer = func(l []string, p []int) string { return sdpAnswer(l, []int{0, 0}) }
	})
	_, err := Dial(t.Context(), environment.Environment{}, config(u.url))
	if timbre.KindOf(err) != timbre.Unavailable {
		t.Errorf("got error %v, want Unavailable", err)
	}
	receive(t, u.byes, "BYE")
}

func TestRefusalNamesTheStatus(t *testing.T) {
	for status, want := range map[int]timbre.Kind{403: timbre.Forbidden, 404: timbre.NotFound, 488: timbre.Invalid, 503: timbre.Unavailable} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			u := newUAS(t, "udp", func(u *uas) {
				u.script = func(_ *uas, req *sip.Request, tx sip.ServerTransaction) {
					res := sip.NewResponseFromRequest(req, status, "No Way", nil)
					res.AppendHeader(sip.NewHeader("Warning", `399 timbre "because"`))
					_ = tx.Respond(res)
				}
			})
			_, err := Dial(t.Context(), environment.Environment{}, config(u.url))
			if timbre.KindOf(err) != want || !strings.Contains(err.Error(), "No Way") || !strings.Contains(err.Error(), "because") {
				t.Errorf("got %v, want kind %v with the phrase and the warning", err, want)
			}
		})
	}
}

func TestCancelledDialSendsCANCEL(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("changed my mind")
	u := newUAS(t, "udp", func(u *uas) {
		u.script = func(_ *uas, req *sip.Request, tx sip.ServerTransaction) {
			_ = tx.Respond(sip.NewResponseFromRequest(req, 180, "Ringing", nil))
			cancel(why)
			<-tx.Done()
		}
	})
	if _, err := Dial(ctx, environment.Environment{}, config(u.url)); !errors.Is(err, why) {
		t.Errorf("got error %v, want %v", err, why)
	}
	receive(t, u.cancels, "CANCEL")
}

func TestCancelledPlayHangsUp(t *testing.T) {
	u := newUAS(t, "udp")
	cfg := config(u.url)
	ctx, cancel := context.WithCancel(t.Context())
	cfg.Progress = func(at, total time.Duration) {
		if total != 200*time.Millisecond {
			t.Errorf("got total %s, want 200ms", total)
		}
		cancel()
	}
	c, err := Dial(t.Context(), environment.Environment{}, cfg)
	must(t, err)
	if err := c.Play(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v, want context.Canceled", err)
	}
	receive(t, u.byes, "BYE")
}

func TestServerProbesRefreshesAndHangsUp(t *testing.T) {
	for _, network := range []string{"udp", "tcp"} {
		t.Run(network, func(t *testing.T) {
			u := newUAS(t, network)
			c, err := Dial(t.Context(), environment.Environment{}, config(u.url))
			must(t, err)
			receive(t, u.acks, "ACK")
			call := receive(t, u.taken, "call")
			contact := call.dialog.InviteRequest.Contact().Address
			for _, method := range []sip.RequestMethod{sip.OPTIONS, sip.UPDATE, sip.INVITE} {
				req := sip.NewRequest(method, contact)
				res, err := call.dialog.Do(t.Context(), req)
				must(t, err)
				if res.StatusCode != sip.StatusOK || (method == sip.INVITE) != (len(res.Body()) > 0) {
					t.Errorf("%s: got\n%s\nwant 200, with SDP for INVITE only", method, res)
				}
			}
			waiting := make(chan error, 1)
			go func() { waiting <- c.Wait(t.Context(), -1) }()
			call.streams[0].wait(t, 3)
			must(t, call.dialog.Bye(t.Context()))
			if err := receive(t, waiting, "the end of Wait"); timbre.KindOf(err) != timbre.Gone {
				t.Errorf("got error %v, want Gone", err)
			}
			must(t, c.Hangup(t.Context()))
		})
	}
}

func TestInvalidConfiguration(t *testing.T) {
	for want, change := range map[string]func(*Config){
		"udp://HOST:PORT":   func(c *Config) { c.Server = "127.0.0.1:5060" },
		"payload type 9":    func(c *Config) { c.PayloadType = 9 },
		"speed -1":          func(c *Config) { c.Speed = -1 },
		"is not a SIP URI":  func(c *Config) { c.RequestURI = "sip:" },
		"INVITE to tcp://1": func(c *Config) { c.Server = "tcp://127.0.0.1:1" },
	} {
		t.Run(want, func(t *testing.T) {
			cfg := config("udp://127.0.0.1:5060")
			change(&cfg)
			if _, err := Dial(t.Context(), environment.Environment{}, cfg); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got error %v, want %q in it", err, want)
			}
		})
	}
}
