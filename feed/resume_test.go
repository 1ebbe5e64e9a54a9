package feed

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"timbre/environment"
	"timbre/feed/connect"
	"timbre/feed/matroska/matroskatest"
)

// of is what the requests of one producer for a call have in common.
func of(started string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set("X-Amzn-Producer-Start-Timestamp", started) }
}

// tagged is from with a tag before the audio.
func tagged(contact string, at uint64, caller, callee []int16) matroskatest.Document {
	d := from(at, caller, callee)
	d.Before = []matroskatest.Tag{{Name: "ContactId", Value: contact}}
	return d
}

// cut ends the connection of a producer within a fragment.
func (p producer) cut(d matroskatest.Document) {
	p.t.Helper()
	text := d.Bytes()
	if _, err := p.body.Write(text[:len(text)*2/3]); err != nil {
		p.t.Fatal(err)
	}
	_ = p.body.CloseWithError(io.ErrClosedPipe)
}

// persisted waits for the acknowledgement of a fragment.
func (p producer) persisted() {
	p.t.Helper()
	for a := (ack{}); a.EventType != "PERSISTED"; {
		if err := p.acks.Decode(&a); err != nil {
			p.t.Fatal(err)
		}
	}
}

func TestCallGoesOnAfterALostConnection(t *testing.T) {
	caller, callee := voice(24000, 1), voice(24000, 2)
	part := func(i int) matroskatest.Document {
		return tagged("contact 1", uint64(1000*i), caller[8000*i:8000*(i+1)], callee[8000*i:8000*(i+1)])
	}
	for name, lose := range map[string]func(producer){
		"within a fragment": func(p producer) { p.cut(part(1)) },
		"unnoticed":         func(p producer) { p.send(part(1)) },
		"after the last of them": func(p producer) {
			p.send(part(1), part(2))
			p.persisted()
			p.persisted()
			_ = p.body.CloseWithError(io.ErrClosedPipe)
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t, Config{OfConnector: 1}, oneConnector())
			first := b.put(of("1726677688.724"))
			first.send(part(0))
			first.persisted()
			lose(first)
			again := b.put(of("1726677688.724"))
			again.send(part(1), part(2))
			_ = again.body.Close()
			again.rest()
			if failure := b.wait(t); failure != "" {
				t.Errorf("got failure %q, want none", failure)
			}
			if len(b.calls) != 1 || !slices.Equal(b.legs[0].pcm(), caller) || !slices.Equal(b.legs[1].pcm(), callee) {
				t.Errorf("got %d calls, the last with %d and %d samples; want one with 24000 each", len(b.calls), len(b.legs[0].pcm()), len(b.legs[1].pcm()))
			}
			if jumps := b.legs[0].times(); len(jumps) > 0 {
				t.Errorf("got jumps at %v, want none", jumps)
			}
		})
	}
}

func TestLostConnectionIsWaitedForAWhile(t *testing.T) {
	b := start(t, Config{ResumeTimeout: time.Millisecond}, oneConnector())
	p := b.put(of("1726677688.724"))
	p.cut(tagged("contact 1", 0, voice(160, 1), voice(160, 2)))
	if failure := b.wait(t); failure != "the connection was lost" {
		t.Errorf("got failure %q, want that the connection was lost", failure)
	}
}

func TestCallThatWaitsEndsWithTheServer(t *testing.T) {
	b := start(t, Config{}, oneConnector())
	p := b.put(of("1726677688.724"))
	p.send(tagged("contact 1", 0, voice(160, 1), voice(160, 2)))
	p.persisted()
	p.cut(tagged("contact 1", 20, voice(160, 1), voice(160, 2)))
	b.stop()
	if failure := b.wait(t); failure != "the connection was lost" && failure != "the server was stopped" {
		t.Errorf("got failure %q, want that the server was stopped", failure)
	}
}

// Only the producer of a call goes on with it.
func TestCallDoesNotGoOnWithAnother(t *testing.T) {
	for name, c := range map[string]struct{ started, contact, key string }{
		"that began at another time": {"1726677688.725", "contact 1", ""},
		"that did not say when":      {"", "contact 1", ""},
		"with another contact":       {"1726677688.724", "contact 2", ""},
		"with another key":           {"1726677688.724", "contact 1", "AKIDOTHER"},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t, Config{ResumeTimeout: time.Minute}, oneConnector())
			first := b.put(of("1726677688.724"))
			first.send(tagged("contact 1", 0, voice(160, 1), voice(160, 2)))
			first.persisted()
			first.cut(tagged("contact 1", 20, voice(160, 1), voice(160, 2)))
			b.key.ID = c.key
			other := b.put(of(c.started))
			other.send(tagged(c.contact, 0, voice(160, 1), voice(160, 2)))
			_ = other.body.Close()
			other.rest()
			b.wait(t)
			if n := b.live(); n != 2 {
				t.Errorf("got %d calls, want two", n)
			}
		})
	}
}

func TestCallGoesOnInItsFormatOnly(t *testing.T) {
	b := start(t, Config{}, oneConnector())
	first := b.put(of("1726677688.724"))
	first.send(tagged("contact 1", 0, voice(160, 1), voice(160, 2)))
	first.persisted()
	first.cut(tagged("contact 1", 20, voice(160, 1), voice(160, 2)))
	wide := matroskatest.Document{
		Tracks: []matroskatest.Track{{Number: 1, Name: fromCustomer, Codec: "A_PCM/INT/LIT", Rate: 16000, Channels: 1, Bits: 16}},
		Before: []matroskatest.Tag{{Name: "ContactId", Value: "contact 1"}}, At: 20, Blocks: []matroskatest.Block{{Track: 1, PCM: voice(320, 1)}},
	}
	again := b.put(of("1726677688.724"))
	again.send(wide)
	all := again.rest()
	if last := all[len(all)-1]; last.ErrorCode != "INVALID_MKV_DATA" {
		t.Errorf("got %+v, want INVALID_MKV_DATA", last)
	}
	if failure := b.wait(t); !strings.Contains(failure, "another format") {
		t.Errorf("got failure %q, want that of another format", failure)
	}
}

// What keeps new calls out lets live ones go on.
func TestCallGoesOnWhereNoOtherBegins(t *testing.T) {
	for name, c := range map[string]struct {
		cfg    Config
		refuse func(*bench, *fakeLoad)
	}{
		"full":       {Config{MaxFeeds: 1}, func(*bench, *fakeLoad) {}},
		"draining":   {Config{}, func(b *bench, _ *fakeLoad) { b.server.Drain() }},
		"overloaded": {Config{}, func(_ *bench, l *fakeLoad) { l.Store(true) }},
	} {
		t.Run(name, func(t *testing.T) {
			b, load := start(t, c.cfg, oneConnector()), &fakeLoad{}
			b.server.deps.Load = load
			first := b.put(of("1726677688.724"))
			first.send(tagged("contact 1", 0, voice(160, 1), voice(160, 2)))
			first.persisted()
			first.cut(tagged("contact 1", 20, voice(160, 1), voice(160, 2)))
			c.refuse(b, load)
			again := b.put(of("1726677688.724"))
			again.send(tagged("contact 1", 20, voice(160, 1), voice(160, 2)))
			again.persisted()
			if got := b.post("/putMedia", http.NoBody, of("1726677688.725")).status; got != http.StatusServiceUnavailable {
				t.Errorf("another call: got status %d, want %d", got, http.StatusServiceUnavailable)
			}
			_ = again.body.Close()
			again.rest()
			if failure := b.wait(t); failure != "" || b.live() != 1 {
				t.Errorf("got failure %q and %d calls, want none, and one", failure, b.live())
			}
		})
	}
}

func TestOneUploadFollowsACallWithoutAPlace(t *testing.T) {
	b := start(t, Config{OfConnector: 1}, oneConnector())
	same, over := of("1726677688.724"), tagged("contact 2", 0, voice(160, 1), voice(160, 2))
	ended := b.put(same)
	ended.send(over)
	_ = ended.body.Close()
	ended.rest()
	first := b.put(same)
	first.send(tagged("contact 1", 0, voice(160, 1), voice(160, 2)))
	first.persisted()
	second := b.put(same)
	second.send(over) // audio of no live call: nobody follows it
	second.persisted()
	if got := b.post("/putMedia", http.NoBody, same).status; got != http.StatusServiceUnavailable {
		t.Errorf("a third: got status %d, want %d", got, http.StatusServiceUnavailable)
	}
	_ = second.body.Close()
	for end := time.Now().Add(timeout); b.post("/putMedia", http.NoBody, same).status != http.StatusOK; {
		if time.Now().After(end) {
			t.Fatal("got no place of an upload that has ended, want one")
		}
	}
}

// Following a call is no way to begin another.
func TestUploadThatFollowsACallBeginsNoneOnAnOverloadedServer(t *testing.T) {
	b, load := start(t, Config{}, oneConnector()), &fakeLoad{}
	b.server.deps.Load = load
	first := b.put(of("1726677688.724"))
	first.send(tagged("contact 1", 0, voice(160, 1), voice(160, 2)))
	first.persisted()
	load.Store(true)
	other := b.put(of("1726677688.724"))
	other.send(tagged("contact 2", 0, voice(160, 1), voice(160, 2)))
	all := other.rest()
	if last := all[len(all)-1]; last.ErrorMessage != "the server is overloaded" || b.live() != 1 {
		t.Errorf("got %+v and %d calls, want that the server is overloaded, and one", last, b.live())
	}
}

// The acknowledgement of the last fragment may be lost, so that it comes again after the end.
func TestAudioOfACallThatHasEndedBeginsNoOther(t *testing.T) {
	caller, callee := voice(16000, 1), voice(16000, 2)
	part := func(i int) matroskatest.Document {
		return tagged("contact 1", uint64(1000*i), caller[8000*i:8000*(i+1)], callee[8000*i:8000*(i+1)])
	}
	for name, c := range map[string]struct {
		cfg   Config
		again []matroskatest.Document
		calls int
		want  []int16 // of the last call
	}{
		"within a while": {Config{}, []matroskatest.Document{part(0)}, 1, caller[:8000]},
		"later":          {Config{ResumeTimeout: time.Nanosecond}, []matroskatest.Document{part(0)}, 2, caller[:8000]},
		"with more":      {Config{}, []matroskatest.Document{part(0), part(1)}, 2, caller[8000:]},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t, c.cfg, oneConnector())
			for i, all := range [][]matroskatest.Document{{part(0)}, c.again} {
				p := b.put(of("1726677688.724"))
				p.send(all...)
				_ = p.body.Close()
				got := p.rest()
				if len(got) != 3*len(all) || got[len(got)-1].EventType != "PERSISTED" {
					t.Errorf("request %d: got %+v, want %d fragments persisted", i, got, len(all))
				}
			}
			b.stop()
			if len(b.calls) != c.calls || !slices.Equal(b.legs[0].pcm(), c.want) {
				t.Errorf("got %d calls, the last with %d samples; want %d, and %d", len(b.calls), len(b.legs[0].pcm()), c.calls, len(c.want))
			}
		})
	}
}

func TestCallsThatHaveEndedAreRememberedWithinBounds(t *testing.T) {
	b := start(t, Config{MaxFeeds: 2}, oneConnector())
	for i := range 4 {
		p := b.put(of("1726677688.724"))
		p.send(tagged(fmt.Sprint("contact ", i), 0, voice(160, 1), voice(160, 2)))
		_ = p.body.Close()
		p.rest()
	}
	b.stop()
	if n := b.server.ended.Len(); n != 2 {
		t.Errorf("got %d calls remembered, want 2", n)
	}
}

// contact is a stream of Kinesis with the fragments of a contact, and then one of the next contact.
type contact struct{ caller, callee []int16 }

func (c contact) Open(_ context.Context, _ string, _ connect.Position) (io.ReadCloser, error) {
	var all strings.Builder
	for i := 0; 8000*i < len(c.caller); i++ {
		d := from(uint64(1_726_677_688_000+1000*i), c.caller[8000*i:8000*(i+1)], c.callee[8000*i:8000*(i+1)])
		d.After = append(d.After, matroskatest.Tag{Name: "AWS_KINESISVIDEO_CONTINUATION_TOKEN", Value: "next"})
		all.Write(d.Bytes())
	}
	all.Write(matroskatest.Document{Tracks: matroskatest.Connect(), After: []matroskatest.Tag{{Name: "ContactId", Value: "next"}}}.Bytes())
	return io.NopCloser(strings.NewReader(all.String())), nil
}

// fragile is a connection that breaks after a number of bytes, both ways together.
type fragile struct {
	net.Conn
	mu   sync.Mutex
	left int
}

func (f *fragile) after(n int, err error) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.left -= n; f.left < 0 {
		_ = f.Conn.(*net.TCPConn).SetLinger(0)
		_ = f.Conn.Close()
	}
	return n, err
}

func (f *fragile) Read(p []byte) (int, error)  { return f.after(f.Conn.Read(p)) }
func (f *fragile) Write(p []byte) (int, error) { return f.after(f.Conn.Write(p)) }

// Whatever breaks between bridge and server, the call has each sample once and in order.
func TestBridgedCallSurvivesItsConnections(t *testing.T) {
	const seconds = 12
	for seed := range uint64(20) {
		b := start(t, Config{}, oneConnector())
		random, mu, left := rand.New(rand.NewPCG(seed, 3)), sync.Mutex{}, 8
		dial := func(ctx context.Context, network, address string) (net.Conn, error) {
			c, err := new(net.Dialer).DialContext(ctx, network, address)
			mu.Lock()
			defer mu.Unlock()
			if left--; left < 0 || err != nil {
				return c, err
			}
			return &fragile{Conn: c, left: random.IntN(200_000)}, nil
		}
		in := contact{voice(8000*seconds, 1), voice(8000*seconds, 2)}
		bridge := connect.New(environment.Environment{}, connect.Config{Retry: time.Millisecond}, connect.Deps{Source: in, Sink: connect.Server{
			URL: "http" + strings.TrimPrefix(b.url, "ws"), Connector: "here", Region: "us-east-1",
			Keys: credentials.NewStaticCredentialsProvider("AKID", "secret", ""), Client: &http.Client{Transport: &http.Transport{DialContext: dial}},
		}})
		if err := bridge.Carry(t.Context(), connect.Contact{ID: "contact 1", StreamARN: "arn"}); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		b.stop()
		b.wait(t)
		if len(b.calls) != 1 || !slices.Equal(b.legs[0].pcm(), in.caller) || !slices.Equal(b.legs[1].pcm(), in.callee) {
			t.Errorf("seed %d: got %d calls, the last with %d and %d samples; want one with %d each",
				seed, len(b.calls), len(b.legs[0].pcm()), len(b.legs[1].pcm()), 8000*seconds)
		}
	}
}
