package feed

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
	"timbre/environment"
	"timbre/feed/matroska/matroskatest"
)

// producer is a client of PutMedia.
type producer struct {
	t    *testing.T
	body *io.PipeWriter
	acks *json.Decoder
}

// answer is a response, whose body is closed with the test.
type answer struct {
	status int
	kind   string // of the error
	body   io.Reader
}

// post sends a request of Kinesis.
func (b *bench) post(path string, body io.Reader, change ...func(*http.Request)) answer {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, "http"+strings.TrimPrefix(b.url, "ws")+path, body)
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("X-Amzn-Stream-Name", "here")
	for _, c := range change {
		c(r)
	}
	response, err := new(http.Client).Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { _ = response.Body.Close() })
	return answer{response.StatusCode, response.Header.Get("X-Amzn-Errortype"), response.Body}
}

// put begins a stream.
func (b *bench) put(change ...func(*http.Request)) producer {
	b.t.Helper()
	r, w := io.Pipe()
	b.t.Cleanup(func() { _ = w.Close() })
	response := b.post("/putMedia", r, change...)
	if response.status != http.StatusOK {
		text, _ := io.ReadAll(response.body)
		b.t.Fatalf("got %d: %s", response.status, text)
	}
	return producer{b.t, w, json.NewDecoder(response.body)}
}

func (p producer) send(all ...matroskatest.Document) {
	p.t.Helper()
	for _, d := range all {
		if _, err := p.body.Write(d.Bytes()); err != nil {
			p.t.Fatal(err)
		}
	}
}

// rest are all acknowledgements to the end of the response.
func (p producer) rest() (all []ack) {
	p.t.Helper()
	for {
		var a ack
		if err := p.acks.Decode(&a); err != nil {
			return all
		}
		all = append(all, a)
	}
}

// from is a fragment of Connect with audio of both parties, 20 ms a block.
func from(at uint64, caller, callee []int16) matroskatest.Document {
	d := matroskatest.Document{Tracks: matroskatest.Connect(), At: at, After: []matroskatest.Tag{{Name: "ContactId", Value: "contact 1"}}}
	for i := 0; i < len(caller); i += 160 {
		d.Blocks = append(d.Blocks,
			matroskatest.Block{Track: 1, At: int16(i / 8), PCM: caller[i : i+160]}, matroskatest.Block{Track: 2, At: int16(i / 8), PCM: callee[i : i+160]})
	}
	return d
}

func TestUploadIsACallWithALegPerTrack(t *testing.T) {
	b := start(t, Config{}, oneConnector())
	caller, callee := voice(16000, 1), voice(16000, 2)
	p := b.put()
	first := from(1000, caller[:8000], callee[:8000])
	first.Before = []matroskatest.Tag{{Name: "ContactId", Value: "contact 1"}, {Name: "From", Value: "+1"}, {Name: "To", Value: "+2"}, {Name: "Queue", Value: "sales"}}
	p.send(first, from(2000, caller[8000:], callee[8000:]))
	_ = p.body.Close()
	got := p.rest()
	if failure := b.wait(t); failure != "" {
		t.Errorf("got failure %q, want none", failure)
	}
	c := b.calls[0]
	if c.CallID != "contact 1" || c.From != "+1" || c.To != "+2" || c.Headers["queue"] != "sales" || len(c.Warnings) != 0 || c.ConnectorID != "here" {
		t.Errorf("got %+v", c)
	}
	for i, want := range []struct {
		side timbre.Side
		name string
		pcm  []int16
	}{{timbre.Caller, fromCustomer, caller}, {timbre.Callee, toCustomer, callee}} {
		l := b.legs[i]
		if l.Side != want.side || l.Label != want.name {
			t.Errorf("got leg %+v, want %v %s", l.Leg, want.side, want.name)
		}
		if !slices.Equal(l.pcm(), want.pcm) {
			t.Errorf("%s: got %d samples, want the %d that were sent", want.name, len(l.pcm()), len(want.pcm))
		}
	}
	var kinds []string
	for _, a := range got {
		kinds = append(kinds, a.EventType)
		if len(a.FragmentNumber) != 47 {
			t.Errorf("got fragment number %q, want 47 digits", a.FragmentNumber)
		}
	}
	if want := []string{"BUFFERING", "RECEIVED", "PERSISTED", "BUFFERING", "RECEIVED", "PERSISTED"}; !slices.Equal(kinds, want) {
		t.Errorf("got acknowledgements %v, want %v", kinds, want)
	}
	if got[0].FragmentTimecode != 1000 || got[3].FragmentTimecode != 2000 || got[3].FragmentNumber <= got[0].FragmentNumber {
		t.Errorf("got %+v", got)
	}
}

// times are the media times at which frames follow others that do not end there.
func (e *recorder) times() (jumps []time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	end := time.Duration(0)
	for _, f := range e.frames {
		if f.At != end {
			jumps = append(jumps, f.At)
		}
		end = f.At + timbre.Duration(len(f.PCM))
	}
	return jumps
}

func TestUploadFollowsItsTime(t *testing.T) {
	audio := voice(24000, 1)
	part := func(i int) []int16 { return audio[8000*i : 8000*(i+1)] }
	stamped := func(seconds string, pcm []int16) matroskatest.Document {
		d := from(0, pcm, pcm) // the time of each cluster begins anew
		d.Before = []matroskatest.Tag{{Name: producedAt, Value: seconds}}
		return d
	}
	for name, c := range map[string]struct {
		sent  []matroskatest.Document
		want  []int16
		jumps []time.Duration
	}{
		"a fragment is missing": {
			[]matroskatest.Document{from(50_000, part(0), part(0)), from(53_000, part(1), part(1))}, audio[:16000], []time.Duration{3 * time.Second},
		},
		"by the time of production": {
			[]matroskatest.Document{stamped("1726677688.724", part(0)), stamped("1726677689.724", part(1)), stamped("1726677692.724", part(2))}, audio, []time.Duration{4 * time.Second},
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t, Config{}, oneConnector())
			p := b.put()
			p.send(c.sent...)
			_ = p.body.Close()
			p.rest()
			if failure := b.wait(t); failure != "" {
				t.Errorf("got failure %q, want none", failure)
			}
			for _, l := range b.legs {
				if !slices.Equal(l.pcm(), c.want) {
					t.Errorf("got %d samples, want %d", len(l.pcm()), len(c.want))
				}
				if got := l.times(); !slices.Equal(got, c.jumps) {
					t.Errorf("got jumps %v, want %v", got, c.jumps)
				}
			}
		})
	}
}

func TestTracksOfAnUploadAreLegs(t *testing.T) {
	pcm := func(number uint64, name string) matroskatest.Track {
		return matroskatest.Track{Number: number, Name: name, Codec: "A_PCM/INT/LIT", Rate: 8000, Channels: 1, Bits: 16}
	}
	wave := func(format, rate byte) matroskatest.Track {
		return matroskatest.Track{Number: 1, Codec: "A_MS/ACM", Private: []byte{format, 0, 1, 0, 0x40, rate, 0, 0, 0, 0, 0, 0, 1, 0, 8, 0}}
	}
	for name, c := range map[string]struct {
		tracks []matroskatest.Track
		tags   []matroskatest.Tag
		want   []timbre.Side
		warns  []string
	}{
		"of Connect":              {matroskatest.Connect(), nil, []timbre.Side{timbre.Caller, timbre.Callee}, nil},
		"of Connect, outbound":    {matroskatest.Connect(), []matroskatest.Tag{{Name: "Caller", Value: toCustomer}}, []timbre.Side{timbre.Callee, timbre.Caller}, nil},
		"of the customer alone":   {matroskatest.Connect()[:1], nil, []timbre.Side{timbre.Caller}, nil},
		"with names of sides":     {[]matroskatest.Track{pcm(3, "callee"), pcm(7, "caller")}, nil, []timbre.Side{timbre.Callee, timbre.Caller}, nil},
		"with names of their own": {[]matroskatest.Track{pcm(1, "left"), pcm(2, "right")}, nil, []timbre.Side{timbre.Caller, timbre.Callee}, []string{guessedTrack}},
		"without a name":          {[]matroskatest.Track{pcm(1, "")}, nil, []timbre.Side{timbre.Mixed}, nil},
		"of µ-law":                {[]matroskatest.Track{wave(7, 0x1f)}, nil, []timbre.Side{timbre.Mixed}, nil},
		"beside video":            {[]matroskatest.Track{pcm(2, "caller"), {Number: 1, Type: 1, Codec: "V_MPEG4/ISO/AVC"}}, nil, []timbre.Side{timbre.Caller}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t, Config{}, oneConnector())
			p := b.put()
			d := matroskatest.Document{Tracks: c.tracks, Before: c.tags}
			for _, k := range c.tracks {
				d.Blocks = append(d.Blocks, matroskatest.Block{Track: k.Number, Data: make([]byte, 320)})
			}
			p.send(d)
			_ = p.body.Close()
			for _, a := range p.rest() {
				if a.EventType == "ERROR" {
					t.Errorf("got %+v", a)
				}
			}
			b.wait(t)
			var got []timbre.Side
			for _, l := range b.legs {
				got = append(got, l.Side)
			}
			if !slices.Equal(got, c.want) || !slices.Equal(b.calls[0].Warnings, c.warns) {
				t.Errorf("got %v and warnings %q, want %v and %q", got, b.calls[0].Warnings, c.want, c.warns)
			}
		})
	}
}

func TestLegOfAnUploadJoinsLater(t *testing.T) {
	b := start(t, Config{}, oneConnector())
	audio := voice(160, 1)
	p := b.put()
	alone := matroskatest.Document{Tracks: matroskatest.Connect()[:1], Blocks: []matroskatest.Block{{Track: 1, PCM: audio}}}
	p.send(alone, from(20, audio, audio))
	_ = p.body.Close()
	p.rest()
	b.wait(t)
	if len(b.legs) != 2 || b.legs[1].Side != timbre.Callee || len(b.legs[1].pcm()) != 160 {
		t.Errorf("got %d legs, want the callee's second, with its audio", len(b.legs))
	}
}

func TestStreamsThatCannotBeHeardGetAnError(t *testing.T) {
	track := func(change func(*matroskatest.Track)) []byte {
		k := matroskatest.Track{Number: 1, Name: "caller", Codec: "A_PCM/INT/LIT", Rate: 8000, Channels: 1, Bits: 16}
		change(&k)
		return matroskatest.Document{Tracks: []matroskatest.Track{k}, Blocks: []matroskatest.Block{{Track: 1, Data: make([]byte, 320)}}}.Bytes()
	}
	tracks := func(names ...string) []byte {
		d := matroskatest.Document{}
		for i, n := range names {
			d.Tracks = append(d.Tracks, matroskatest.Track{Number: uint64(i + 1), Name: n, Codec: "A_PCM/INT/LIT"})
		}
		return d.Bytes()
	}
	zero := bytes.Replace(track(func(k *matroskatest.Track) { k.Rate = 1 }), []byte{0x3f, 0xf0, 0, 0}, []byte{0, 0, 0, 0}, 1)
	for name, c := range map[string]struct {
		stream []byte
		code   string
		want   string
	}{
		"no Matroska":            {[]byte("GET / HTTP/1.1\r\n"), "INVALID_MKV_DATA", "malformed"},
		"AAC":                    {track(func(k *matroskatest.Track) { k.Codec = "A_AAC" }), "INVALID_MKV_DATA", `"A_AAC" cannot be decoded`},
		"no codec":               {track(func(k *matroskatest.Track) { k.Codec = "" }), "INVALID_MKV_DATA", "cannot be decoded"},
		"two channels":           {track(func(k *matroskatest.Track) { k.Channels = 2 }), "INVALID_MKV_DATA", "2 channels"},
		"24 bits":                {track(func(k *matroskatest.Track) { k.Bits = 24 }), "INVALID_MKV_DATA", "24 bits"},
		"48 kHz":                 {track(func(k *matroskatest.Track) { k.Rate = 48000 }), "INVALID_MKV_DATA", "48000 Hz"},
		"no samples a second":    {zero, "INVALID_MKV_DATA", "0 Hz"},
		"no WAVEFORMATEX":        {track(func(k *matroskatest.Track) { k.Codec, k.Private = "A_MS/ACM", []byte{7} }), "INVALID_MKV_DATA", "WAVEFORMATEX"},
		"another format of it":   {track(func(k *matroskatest.Track) { k.Codec, k.Private = "A_MS/ACM", make([]byte, 18) }), "INVALID_MKV_DATA", "format 0"},
		"three tracks":           {tracks("a", "b", "c"), "MORE_THAN_ALLOWED_TRACKS_FOUND", "more than 2 tracks"},
		"an endless element":     {[]byte("\x1A\x45\xDF\xA3\x80\x18\x53\x80\x67\xFF\xEC\xFF"), "INVALID_MKV_DATA", "longer than"},
		"a stream without audio": {tracks("caller"), "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t, Config{}, oneConnector())
			response := b.post("/putMedia", bytes.NewReader(c.stream))
			all := producer{t, nil, json.NewDecoder(response.body)}.rest()
			if c.code == "" {
				if len(all) == 0 || all[len(all)-1].EventType == "ERROR" {
					t.Errorf("got %+v, want no error", all)
				}
				return
			}
			if len(all) == 0 {
				t.Fatal("got no acknowledgement, want an error")
			}
			last := all[len(all)-1]
			if last.EventType != "ERROR" || last.ErrorCode != c.code || !strings.Contains(last.ErrorMessage, c.want) {
				t.Errorf("got %+v, want the error %s with %q", last, c.code, c.want)
			}
			if len(b.calls) > 0 {
				t.Errorf("got call %+v, want none", b.calls[0])
			}
		})
	}
}

func TestFragmentThatIsNotLaterThanTheOneBeforeEndsTheUpload(t *testing.T) {
	b := start(t, Config{}, oneConnector())
	p := b.put()
	p.send(from(2000, voice(160, 1), voice(160, 2)), from(2000, voice(160, 1), voice(160, 2)))
	all := p.rest()
	if last := all[len(all)-1]; last.ErrorCode != "FRAGMENT_TIMECODE_LESSER_THAN_PREVIOUS" || last.ErrorID != 4004 {
		t.Errorf("got %+v, want FRAGMENT_TIMECODE_LESSER_THAN_PREVIOUS", last)
	}
	b.wait(t)
	if n := len(b.legs[0].pcm()); n != 160 {
		t.Errorf("got %d samples, want the 160 of the first", n)
	}
}

func TestUploadThatBreaksEndsItsCallAsFailed(t *testing.T) {
	b := start(t, Config{}, oneConnector())
	p := b.put()
	p.send(from(0, voice(160, 1), voice(160, 2)))
	_ = p.body.CloseWithError(errors.New("a cable is cut"))
	if failure := b.wait(t); failure != "the connection was lost" {
		t.Errorf("got failure %q, want that the connection was lost", failure)
	}
}

func TestQuietUploadIsEnded(t *testing.T) {
	for name, c := range map[string]struct {
		cfg  Config
		sent int
	}{
		"before its call": {Config{StartTimeout: 50 * time.Millisecond}, 0},
		"within its call": {Config{IdleTimeout: 50 * time.Millisecond}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t, c.cfg, oneConnector())
			p := b.put()
			for range c.sent {
				p.send(from(0, voice(160, 1), voice(160, 2)))
			}
			all := p.rest()
			if len(all) == 0 || all[len(all)-1].ErrorCode != "STREAM_READ_ERROR" {
				t.Errorf("got %+v, want STREAM_READ_ERROR last", all)
			}
		})
	}
}

// What is no audio keeps no upload open: tags, empty blocks, and blocks of tracks that are not heard.
func TestUploadThatBringsNoAudioIsEnded(t *testing.T) {
	tag := matroskatest.Document{Tracks: matroskatest.Connect(), After: []matroskatest.Tag{{Name: "Queue", Value: ""}}}
	for name, d := range map[string]matroskatest.Document{
		"tags":         {Tracks: matroskatest.Connect(), Before: tag.After},
		"empty blocks": {Tracks: matroskatest.Connect(), Blocks: []matroskatest.Block{{Track: 1}}},
		"other blocks": {Tracks: matroskatest.Connect(), Blocks: []matroskatest.Block{{Track: 7, PCM: voice(160, 1)}}},
	} {
		for when, sent := range map[string]bool{"before its call": false, "within its call": true} {
			t.Run(name+" "+when, func(t *testing.T) {
				var mu sync.Mutex
				now := time.Now()
				steady := func() time.Time { // each look is a second later
					mu.Lock()
					defer mu.Unlock()
					now = now.Add(time.Second)
					return now
				}
				b := startIn(t, environment.Environment{Steady: steady}, Config{StartTimeout: 100 * time.Second, IdleTimeout: 200 * time.Second}, oneConnector())
				p := b.put()
				if sent {
					p.send(from(0, voice(160, 1), voice(160, 2)))
				}
				var sending sync.WaitGroup
				sending.Go(func() {
					defer func() { _ = p.body.Close() }()
					for d.At = 1000; d.At < 3000; d.At++ {
						if _, err := p.body.Write(d.Bytes()); err != nil {
							return
						}
					}
				})
				if all := p.rest(); len(all) == 0 || all[len(all)-1].ErrorCode != "STREAM_READ_ERROR" {
					t.Errorf("got no STREAM_READ_ERROR last after 2000 documents without audio, want the upload ended")
				}
				_ = p.body.Close()
				sending.Wait()
			})
		}
	}
}

func TestUploadEndsWithTheServer(t *testing.T) {
	b := start(t, Config{}, oneConnector())
	p := b.put()
	p.send(from(0, voice(160, 1), voice(160, 2)))
	for b.live() == 0 {
		<-time.After(time.Millisecond)
	}
	b.stop()
	if failure := b.wait(t); failure != "the server was stopped" {
		t.Errorf("got failure %q, want that the server was stopped", failure)
	}
	if all := p.rest(); len(all) == 0 || all[len(all)-1].ErrorCode != "INTERNAL_ERROR" {
		t.Errorf("got %+v, want INTERNAL_ERROR last", all)
	}
}

// live is the number of calls that have begun.
func (s *fakeCalls) live() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.calls)
}

func TestFastUploadIsThrottledWithoutLoss(t *testing.T) {
	b := start(t, Config{}, oneConnector())
	const seconds = 36 // of two legs: more than may come at once
	p := b.put()
	audio := voice(8000, 1)
	for i := range uint64(seconds) {
		p.send(from(1000*i, audio, audio))
	}
	_ = p.body.Close()
	p.rest()
	b.wait(t)
	if n := len(b.legs[0].pcm()); n != seconds*8000 {
		t.Errorf("got %d samples, want %d", n, seconds*8000)
	}
	if testutil.ToFloat64(b.server.metrics.throttled) == 0 {
		t.Error("got no throttling of audio that came at once")
	}
}

func TestPanicEndsOnlyItsUpload(t *testing.T) {
	b := start(t, Config{}, oneConnector())
	b.panics = true
	p := b.put()
	p.send(from(0, voice(8000, 1), voice(8000, 2)))
	p.rest()
	if failure := b.wait(t); failure != "internal server error" {
		t.Errorf("got failure %q", failure)
	}
	if got := b.post("/describeStream", strings.NewReader(`{"StreamName":"here"}`)).status; got != http.StatusOK {
		t.Errorf("got status %d afterwards, want 200", got)
	}
}

func TestOperationsOfKinesis(t *testing.T) {
	b := start(t, Config{}, oneConnector())
	at := "http" + strings.TrimPrefix(b.url, "ws")
	arn := "arn:aws:kinesisvideo:us-east-1:000000000000:stream/here/0"
	for name, c := range map[string]struct {
		path, body string
		status     int
		kind       string
		want       map[string]any
	}{
		"an endpoint":             {"/getDataEndpoint", `{"StreamName":"here","APIName":"PUT_MEDIA"}`, 200, "", map[string]any{"DataEndpoint": at}},
		"by the ARN":              {"/getDataEndpoint", `{"StreamARN":"` + arn + `"}`, 200, "", map[string]any{"DataEndpoint": at}},
		"an unknown stream":       {"/getDataEndpoint", `{"StreamName":"there"}`, 404, "ResourceNotFoundException", nil},
		"no stream":               {"/getDataEndpoint", `{}`, 400, "InvalidArgumentException", nil},
		"no JSON":                 {"/describeStream", `[`, 400, "InvalidArgumentException", nil},
		"a long body":             {"/describeStream", `{"StreamName":"` + strings.Repeat("a", maxRequest) + `"}`, 400, "InvalidArgumentException", nil},
		"the making of a stream":  {"/createStream", `{"StreamName":"here"}`, 400, "ResourceInUseException", nil},
		"the making of a new one": {"/createStream", `{"StreamName":"new"}`, 404, "ResourceNotFoundException", nil},
		"the description of one": {"/describeStream", `{"StreamName":"here"}`, 200, "", map[string]any{"StreamInfo": map[string]any{
			"StreamName": "here", "StreamARN": arn, "Status": "ACTIVE", "Version": "1", "DataRetentionInHours": 0.0, "CreationTime": 0.0,
		}}},
	} {
		t.Run(name, func(t *testing.T) {
			response := b.post(c.path, strings.NewReader(c.body))
			var got map[string]any
			if err := json.NewDecoder(response.body).Decode(&got); err != nil {
				t.Fatal(err)
			}
			if response.status != c.status || response.kind != c.kind {
				t.Errorf("got %d %s: %v; want %d %s", response.status, response.kind, got, c.status, c.kind)
			}
			if c.want != nil && !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestPutMediaIsAdmittedOrRefused(t *testing.T) {
	name := func(stream string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set("X-Amzn-Stream-Name", stream) }
	}
	only := func(action, resource string) signedBy {
		return signedBy{Key: timbre.Key{Grants: []timbre.Grant{{Action: action, Resource: resource}}}}
	}
	const arn = "arn:aws:kinesisvideo:us-east-1:000000000000:stream/"
	for title, c := range map[string]struct {
		key    signedBy
		change func(*http.Request)
		want   int
	}{
		"by a key":                      {signedBy{}, name("here"), 200},
		"by a key for the stream":       {only("kinesisvideo:PutMedia", arn+"here/*"), name("here"), 200},
		"by a key for another":          {only("kinesisvideo:PutMedia", arn+"there/*"), name("here"), 403},
		"by a key for other operations": {only("chime:*", "*"), name("here"), 403},
		"without a signature":           {signedBy{err: &timbre.SignatureFault{Status: 403, Type: "MissingAuthenticationToken"}}, name("here"), 403},
		"to an unknown connector":       {signedBy{}, name("nowhere"), 404},
		"to no connector":               {signedBy{}, name(""), 400},
		"by GET":                        {signedBy{}, func(r *http.Request) { r.Method = http.MethodGet }, 405},
	} {
		t.Run(title, func(t *testing.T) {
			b := start(t, Config{}, oneConnector())
			*b.key = c.key
			response := b.post("/putMedia", http.NoBody, c.change)
			text, _ := io.ReadAll(response.body)
			if response.status != c.want {
				t.Errorf("got %d: %s; want %d", response.status, text, c.want)
			}
			if strings.Contains(string(text), "secret") {
				t.Errorf("got %s, which says what is inside", text)
			}
		})
	}
}

// A producer can tell what another signature, or another time, mends.
func TestSignaturesThatAreRefusedGetTheErrorsOfAWS(t *testing.T) {
	for kind, status := range map[string]int{
		"RequestExpired": 400, "ThrottlingException": 429, "InvalidSignatureException": 403, "ExpiredTokenException": 403, "InvalidClientTokenId": 403,
	} {
		t.Run(kind, func(t *testing.T) {
			b := start(t, Config{}, oneConnector())
			b.key.err = &timbre.SignatureFault{Status: status, Type: kind, Message: "why"}
			for _, path := range []string{"/putMedia", "/describeStream"} {
				got := b.post(path, http.NoBody)
				text, _ := io.ReadAll(got.body)
				if got.status != status || got.kind != kind || !strings.Contains(string(text), `"message":"why"`) {
					t.Errorf("%s: got %d %s %s, want %d %s", path, got.status, got.kind, text, status, kind)
				}
			}
		})
	}
}

// A producer that sends as it has audio must not have to send the whole body to know that nobody takes it.
func TestRefusalDoesNotWaitForTheBody(t *testing.T) {
	b := start(t, Config{OfConnector: 1}, oneConnector())
	b.put()
	for name, c := range map[string]struct {
		stream string
		want   int
	}{"of a full connector": {"here", 503}, "of an unknown one": {"nowhere", 404}} {
		t.Run(name, func(t *testing.T) {
			body, end := io.Pipe()
			defer func() { _ = end.Close() }()
			ctx, cancel := context.WithTimeout(t.Context(), timeout)
			defer cancel()
			got := b.post("/putMedia", body, func(r *http.Request) {
				r.Header.Set("X-Amzn-Stream-Name", c.stream)
				*r = *r.WithContext(ctx)
			})
			if got.status != c.want {
				t.Errorf("got %d, want %d", got.status, c.want)
			}
		})
	}
}

func TestUploadsOfOneConnectorAreLimited(t *testing.T) {
	b := start(t, Config{OfConnector: 1}, oneConnector())
	b.put()
	if got := b.post("/putMedia", http.NoBody); got.status != http.StatusServiceUnavailable || got.kind != "ConnectionLimitExceededException" {
		t.Errorf("got %d, want 503", got.status)
	}
}
