package test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"math"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"timbre/config"
	"timbre/environment"
	"timbre/rtp/impair"
	"timbre/sip/phone"
)

// record is what a test wants to know of the record of a call.
type record struct {
	TransactionID string `json:"TransactionId"`
	Connector     string `json:"VoiceConnectorId"`
	SchemaVersion string
	Status        string
	StatusMessage string
	Legs          []struct {
		Side, Codec   string
		Packets, Lost *uint64
		LossPercent   float64
		Mos           float64
	}
	Warnings []string
}

// recordOf is the stream record of a call; the only one that there may be of it.
func recordOf(t *testing.T, folder, transaction string) (r record) {
	t.Helper()
	found, _ := filepath.Glob(filepath.Join(folder, "logs", "Amazon-Chime-Voice-Connector-?DRs", "json", "*", "*", "*", "*", "*_"+transaction))
	if len(found) != 1 || !strings.Contains(found[0], "-SDRs") {
		t.Fatalf("records of %s: %v", transaction, found)
	}
	return readRecord(t, found[0])
}

func readRecord(t *testing.T, name string) (r record) {
	t.Helper()
	b, err := os.ReadFile(name)
	must(t, err)
	must(t, json.Unmarshal(b, &r))
	return r
}

// A recorded call over a network that loses one packet in twenty of its caller, and none of the other one: while it lives it
// can be seen how it is heard, and afterwards the log has it in one line, and a file as a record.
func TestReceptionInLiveCallsAndRecord(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	folder, log := t.TempDir(), &buffer{more: make(chan struct{}, 1)}
	n := startWith(t, settings(t, folder, newReceiver(t)), slog.New(slog.NewJSONHandler(log, nil)))
	h := setUp(ctx, t, n.API, hookARN)
	const packets = 1000
	var networks []*impair.Proxy
	call, err := phone.Dial(ctx, environment.Environment{}, phone.Config{
		Server: n.SIP[0], To: h.connector, From: "+12065550100", Speed: 20, PayloadType: phone.ALaw,
		Caller: phone.Party{AOR: "sip:+12065550100@example.com", Audio: bytes.Repeat([]byte{0x55}, packets*160)},
		Callee: phone.Party{AOR: "sip:+13605550199@example.com"},
		Via: func(to netip.AddrPort) netip.AddrPort {
			net := impair.Network{Intact: 20}
			if len(networks) == 0 {
				net.Loss = 0.05
			}
			p, err := impair.Open(to, net)
			must(t, err)
			networks = append(networks, p)
			t.Cleanup(p.Close)
			return p.Addr()
		},
	})
	must(t, err)
	must(t, call.Play(ctx))
	for _, p := range networks {
		p.Wait(packets)
	}
	lost := len(networks[0].Tally().Lost)
	if lost < packets/40 || lost > packets/10 {
		t.Fatalf("%d of %d packets were lost", lost, packets)
	}

	live := liveCalls(ctx, t, n.Admin)
	for ctx.Err() == nil && (len(live) != 1 || len(live[0].Legs) != 2 || live[0].Legs[0].Received.Packets < uint64(packets-lost) || live[0].Legs[1].Received.Packets < packets) {
		live = liveCalls(ctx, t, n.Admin) // what is sent takes its time to come
	}
	if len(live) != 1 || len(live[0].Warnings) == 0 || live[0].Legs[0].Side != "caller" || live[0].Legs[1].Side != "callee" {
		t.Fatalf("%+v", live)
	}
	bad, good := live[0].Legs[0].Received, live[0].Legs[1].Received
	if bad.Codec != "PCMA" || bad.Packets != uint64(packets-lost) || math.Abs(bad.Loss-5) > 2.5 || bad.MOS < 3.4 || bad.MOS > 4.2 {
		t.Errorf("%d lost: %+v", lost, bad)
	}
	if good.Codec != "PCMA" || good.Packets != packets || good.Lost != 0 || good.Loss != 0 || good.MOS < 4.3 || good.Dropped != 0 {
		t.Errorf("none lost: %+v", good)
	}

	must(t, call.Hangup(ctx))
	log.wait(ctx, t, `"call ended"`)
	r := recordOf(t, folder, call.TransactionID)
	if r.SchemaVersion != "1.0" || r.Status != "Completed" || r.StatusMessage != "Streaming succeeded" || r.Connector != h.connector || len(r.Legs) != 2 ||
		*r.Legs[0].Lost != uint64(lost) || r.Legs[0].Codec != "PCMA" || r.Legs[0].Mos >= r.Legs[1].Mos || r.Legs[1].LossPercent != 0 || len(r.Warnings) != len(live[0].Warnings) {
		t.Errorf("%d lost: %+v", lost, r)
	}
	var said []string
	for line := range strings.Lines(log.String()) {
		if strings.Contains(line, "2065550100") || strings.Contains(line, "3605550199") {
			t.Errorf("a phone number is in the log: %s", line)
		}
		if strings.Contains(line, `"call ended"`) {
			said = append(said, line)
		}
	}
	if len(said) != 1 || !strings.Contains(said[0], call.TransactionID) || !strings.Contains(said[0], `"leg0":{"side":"caller","codec":"PCMA"`) || !strings.Contains(said[0], `"warnings":1`) {
		t.Errorf("%q", said)
	}
}

// A call whose second stream finds no port, and one whose server is killed: both have failed, and a record each.
func TestFailedCallsLeaveRecords(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	folder := t.TempDir()
	s := settings(t, folder, newReceiver(t))
	s.RTP.Ports = config.Ports{First: 21990, Last: 21991}
	n := start(t, s)
	setUp(ctx, t, n.API, hookARN)
	parties := phone.Config{Metadata: true, Caller: phone.Party{AOR: "sip:ann@example.com"}, Callee: phone.Party{AOR: "sip:bob@example.com"}}
	parties.Server = n.SIP[0]
	if _, err := phone.Dial(ctx, environment.Environment{}, parties); err == nil {
		t.Fatal("there were ports for two streams")
	}
	r := recordOf(t, folder, "*")
	if r.Status != "Failed" || r.StatusMessage != "its media could not be opened" || len(r.Legs) != 2 || r.Legs[0].Packets == nil || *r.Legs[0].Packets != 0 || r.Legs[1].Packets != nil {
		t.Errorf("%+v", r)
	}

	folder = t.TempDir()
	env := serverEnv(folder)
	p := serve(ctx, t, env...)
	setUp(ctx, t, p.at["api"], hookARN)
	parties.Server = p.at["sip udp"]
	call, err := phone.Dial(ctx, environment.Environment{}, parties)
	must(t, err)
	p.kill(t)
	impatient, hangUp := context.WithCancel(ctx)
	hangUp()
	if err := call.Hangup(impatient); err == nil {
		t.Error("a server that was killed answered a BYE")
	}
	if found, _ := filepath.Glob(filepath.Join(folder, "logs", "*")); len(found) != 0 {
		t.Errorf("written of a call that lives: %v", found)
	}
	serve(ctx, t, env...)
	r = recordOf(t, folder, call.TransactionID)
	if r.Status != "Failed" || r.StatusMessage != "the server stopped during the call" || len(r.Legs) != 2 || r.Legs[0].Side != "caller" || r.Legs[0].Packets != nil {
		t.Errorf("%+v", r)
	}
}

func TestZeroRetentionWritesNoRecords(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	folder, log := t.TempDir(), &buffer{more: make(chan struct{}, 1)}
	s := settings(t, folder, newReceiver(t))
	s.Records = 0
	n := startWith(t, s, slog.New(slog.NewJSONHandler(log, nil)))
	setUp(ctx, t, n.API, hookARN)
	call, err := phone.Dial(ctx, environment.Environment{}, phone.Config{Server: n.SIP[0], Metadata: true, Caller: phone.Party{AOR: "sip:ann@example.com"}, Callee: phone.Party{AOR: "sip:bob@example.com"}})
	must(t, err)
	must(t, call.Hangup(ctx))
	log.wait(ctx, t, `"call ended"`)
	if found, _ := filepath.Glob(filepath.Join(folder, "logs", "*")); len(found) != 0 {
		t.Errorf("%v", found)
	}
}
