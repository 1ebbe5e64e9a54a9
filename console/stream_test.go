package console

import (
	"context"
	"math"
	"net/http"
	"net/http/httptest"
	"reflect"
	"testing"
	"time"

	"timbre"
)

// tone is a sine of an amplitude, which lasts a frame.
func tone(amplitude float64) []int16 {
	pcm := make([]int16, timbre.FrameSamples)
	for i := range pcm {
		pcm[i] = int16(amplitude * math.Sin(float64(i)*2*math.Pi/20))
	}
	return pcm
}

func TestMeterMeasuresLevels(t *testing.T) {
	m := &meter{}
	for i := range 15 { // 300 ms
		amplitude := 16384.0
		if i >= 5 {
			amplitude = 0
		}
		m.Frame(timbre.Frame{At: time.Duration(i) * timbre.FrameDuration, PCM: tone(amplitude)})
	}
	m.Frame(timbre.Frame{At: time.Second, PCM: tone(32767)})
	m.End()
	got, n := m.since(0)
	want := []level{{0, -6, -9}, {1, silence, silence}, {2, silence, silence}, {10, 0, -3}}
	if n != 4 || !reflect.DeepEqual(got, want) {
		t.Errorf("got levels %v, want %v", got, want)
	}
	if got := m.loudest(2); got != 0 {
		t.Errorf("got %d as the loudest, want 0", got)
	}
	if got := runs(1, got); len(got) != 2 || got[1].From != 1000 || len(got[0].Peak) != 3 {
		t.Errorf("got runs %+v, want two", got)
	}
}

func TestMeterKeepsTheLastLevels(t *testing.T) {
	m := &meter{}
	for i := range 5 * (levelsOf + 50) {
		m.Frame(timbre.Frame{At: time.Duration(i) * timbre.FrameDuration, PCM: tone(1)})
	}
	if got, n := m.since(0); len(got) != levelsOf || n != levelsOf+49 || got[0].at != 49 {
		t.Errorf("got %d levels of %d from step %d", len(got), n, got[0].at)
	}
}

func BenchmarkMeter(b *testing.B) {
	m, pcm := &meter{}, tone(8000)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		m.Frame(timbre.Frame{At: time.Duration(i) * timbre.FrameDuration, PCM: pcm})
	}
}

// liveCall is a call of two legs that has begun.
func (f *fakes) liveCall(id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.live = append(f.live, timbre.Call{
		TransactionID: id, ConnectorID: "abc", From: "+12065550100", Started: time.Now(), Legs: []timbre.Leg{{Side: timbre.Caller}, {Side: timbre.Callee}},
	})
}

// hangUp ends all live calls.
func (f *fakes) hangUp() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.live {
		c.Ended, c.Lasted = time.Now(), time.Minute
		f.stored[c.TransactionID] = c
	}
	f.live = nil
	f.steady = f.steady.Add(fresh)
}

func TestLiveCallsWithTheirLevels(t *testing.T) {
	f := newFakes(t)
	f.liveCall("x")
	f.signIn("ALL")
	stream := f.open("/console/live")
	var list struct {
		Total int
		Calls []struct{ TransactionID, From string }
	}
	stream.next("calls", &list)
	if list.Total != 1 || len(list.Calls) != 1 || list.Calls[0].From != "masked" {
		t.Errorf("got %+v, want one call with a masked number", list)
	}
	taps := f.tapped("x", 0)
	if len(taps) != 1 {
		t.Fatalf("got %d taps on the leg, want 1", len(taps))
	}
	for i := range 10 {
		taps[0].Frame(timbre.Frame{At: time.Duration(i) * timbre.FrameDuration, PCM: tone(16384)})
	}
	for levels := map[string][]int{}; len(levels) == 0 || levels["x"][0] == silence; {
		stream.next("levels", &levels)
	}
	f.hangUp()
	for stream.next("calls", &list); list.Total > 0; stream.next("calls", &list) {
	}
	if n := len(f.meters.byLeg); n != 0 {
		t.Errorf("got %d meters of no call, want none", n)
	}
	var shown struct{ Calls []struct{ From string } }
	f.liveCall("y")
	f.later(fresh)
	f.open("/console/live?numbers=show").next("calls", &shown)
	if len(shown.Calls) != 1 || shown.Calls[0].From != "+12065550100" {
		t.Errorf("got %+v, want the whole number", shown)
	}
}

// Ten who look at a call share one tap on each of its legs, which goes with the last of them.
func TestViewersShareATap(t *testing.T) {
	f := newFakes(t)
	f.liveCall("x")
	f.signIn("ALL")
	var streams []*messages
	for range 10 {
		streams = append(streams, f.open("/console/calls/x/live"))
		streams[len(streams)-1].next("call", new(map[string]any))
	}
	if n := len(f.tapped("x", 0)) + len(f.tapped("x", 1)); n != 2 {
		t.Errorf("got %d taps on two legs, want one each", n)
	}
	f.hangUp()
	for _, s := range streams {
		s.ends()
	}
	wait(t, "the taps to go", func() bool { return len(f.tapped("x", 0))+len(f.tapped("x", 1)) == 0 })
	if n := f.speech.watched.Load(); n != 0 {
		t.Errorf("got %d calls that are listened to, want none", n)
	}
}

// wait waits until something holds.
func wait(t *testing.T, what string, holds func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	ticker := time.NewTicker(time.Millisecond)
	defer ticker.Stop()
	for !holds() {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

func TestACallAsItGoesOn(t *testing.T) {
	f := newFakes(t)
	f.liveCall("x")
	call, _ := f.Call("x")
	f.Announced(timbre.Event{ID: "e1", Type: timbre.StreamingStatus, Status: timbre.StreamingStarted, Call: call})
	f.signIn("ALL")
	stream := f.open("/console/calls/x/live")
	var e event
	if stream.next("event", &e); e.ID != "e1" {
		t.Errorf("got event %+v, want the one of before", e)
	}
	search := timbre.TaskRef{Kind: timbre.SpeakerSearch, ID: "t1"}
	for i := range 5 {
		at := time.Duration(i+1) * 100 * time.Millisecond
		f.Heard(search, "x", 0, timbre.Speech{At: at, Net: at, Voiced: true})
	}
	var h heard
	for h.NetMs < 500 {
		stream.next("speech", &h)
	}
	if h.Task != "t1" || h.Kind != "speakerSearch" || len(h.Voiced) == 0 || h.Voiced[len(h.Voiced)-1][1] != 3000 {
		t.Errorf("got speech %+v, want that of t1 up to the newest frame", h)
	}
	f.mu.Lock()
	f.tasks = []timbre.Task{{ID: "t1", Kind: timbre.SpeakerSearch, Status: timbre.PartialSuccess, Matches: []timbre.Match{{ProfileID: "vp-1", Confidence: 0.98}}, RunnerUp: 0.02}}
	f.mu.Unlock()
	var got task
	if stream.next("task", &got); got.ID != "t1" || got.RunnerUp != 0.02 || len(got.Matches) != 1 {
		t.Errorf("got task %+v", got)
	}
	f.Announced(timbre.Event{ID: "e2", Type: timbre.VoiceToneStatus, Status: timbre.ToneSuccessful, Call: call, Current: &timbre.ToneSpan{Tone: timbre.Tone{Neutral: 1}}})
	f.Announced(timbre.Event{ID: "e2", Type: timbre.VoiceToneStatus, Status: timbre.ToneSuccessful, Call: call})
	if stream.next("event", &e); e.ID != "e2" || e.Current == nil || e.Current.Neutral != 1 {
		t.Errorf("got event %+v, want the tone", e)
	}
	f.hangUp()
	last := callOf{Live: true}
	for last.Live {
		stream.next("call", &last)
	}
	stream.ends()
	f.want(http.StatusNotFound, f.ask(http.MethodGet, "/console/calls/x/live", ""))
	var after callOf
	f.want(http.StatusOK, f.ask(http.MethodGet, "/console/calls/x", ""), &after)
	if after.Live || len(after.Tasks) != 1 || len(after.Events) != 2 || after.Lasted != 60_000 {
		t.Errorf("got %+v, want the ended call with its task and two events", after)
	}
}

// Who may list calls alone sees nothing of what was analysed.
func TestResultsNeedTheirRights(t *testing.T) {
	f := newFakes(t)
	f.liveCall("x")
	call, _ := f.Call("x")
	f.tasks = []timbre.Task{{ID: "t1", Kind: timbre.SpeakerSearch}, {ID: "t2", Kind: timbre.VoiceTone}}
	for _, e := range []timbre.EventType{timbre.SpeakerSearchStatus, timbre.VoiceToneStatus, timbre.StreamingStatus} {
		f.Announced(timbre.Event{ID: string(e), Type: e, Call: call})
	}
	f.change("TONE", func(k *timbre.Key) {
		*k = timbre.Key{ID: "TONE", Secret: "secret", Grants: []timbre.Grant{
			{Action: timbre.ActionListCalls, Resource: "*"},
			{Action: "chime:GetVoiceToneAnalysisTask", Resource: "arn:aws:chime:*:*:vc/abc"},
			{Action: "chime:GetSpeakerSearchTask", Resource: "arn:aws:chime:*:*:vc/other"},
		}}
	})
	for key, want := range map[string][2]int{"ALL": {2, 3}, "LISTER": {0, 1}, "TONE": {1, 2}} {
		f.signIn(key)
		var got callOf
		f.want(http.StatusOK, f.ask(http.MethodGet, "/console/calls/x", ""), &got)
		if len(got.Tasks) != want[0] || len(got.Events) != want[1] {
			t.Errorf("%s: got %d tasks and %d events, want %v", key, len(got.Tasks), len(got.Events), want)
		}
	}
}

func TestStreamsAreBoundedAndEnd(t *testing.T) {
	for name, end := range map[string]func(f *fakes, stop func()){
		"with the session": func(f *fakes, _ func()) { f.later(idleLimit) },
		"with the console": func(_ *fakes, stop func()) { stop() },
		"with the rights of key": func(f *fakes, _ func()) {
			for _, key := range []string{"ALL", "LISTER"} {
				f.change(key, func(k *timbre.Key) { k.Grants = []timbre.Grant{} })
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFakes(t)
			ctx, stop := context.WithCancel(t.Context())
			done := make(chan struct{})
			go func() { f.Run(ctx); close(done) }()
			var streams []*messages
			for _, key := range []string{"ALL", "LISTER"} { // one key alone gets a share of them
				for range maxStreams / 2 {
					if len(streams)%streamsOfOne == 0 {
						f.signIn(key)
					}
					streams = append(streams, f.open("/console/live"))
				}
			}
			f.signIn("ALL")
			f.want(http.StatusServiceUnavailable, f.ask(http.MethodGet, "/console/live", ""))
			end(f, stop)
			for _, s := range streams {
				s.ends()
			}
			stop()
			<-done
			wait(t, "the places of the streams", func() bool { return f.metrics.open.Load() == 0 })
		})
	}
}

// The deadlines of a request are not those of a stream.
func TestStreamsOutliveTheTimeoutsOfTheServer(t *testing.T) {
	f := newFakes(t)
	short := httptest.NewUnstartedServer(f.Console)
	short.Config.ReadTimeout, short.Config.WriteTimeout = 50*time.Millisecond, 50*time.Millisecond
	short.Start()
	t.Cleanup(short.Close)
	f.liveCall("x")
	f.signIn("ALL")
	f.server = short
	stream, ends := f.open("/console/live"), time.Now().Add(200*time.Millisecond)
	for time.Now().Before(ends) {
		stream.next("levels", new(map[string][]int))
	}
}

func TestHistoryIsBounded(t *testing.T) {
	h := newHistory()
	for i := range eventsOfCall + 10 {
		h.add(timbre.Event{ID: time.Duration(i).String(), Call: timbre.Call{TransactionID: "x"}})
	}
	all, n := h.since("x", 0)
	if len(all) != eventsOfCall || n != eventsOfCall+10 {
		t.Errorf("got %d events of %d", len(all), n)
	}
	if more, _ := h.since("x", n-1); len(more) != 1 {
		t.Errorf("got %d events since the last but one, want 1", len(more))
	}
	for i := range eventsOfAll {
		h.add(timbre.Event{ID: "e", Call: timbre.Call{TransactionID: time.Duration(i).String()}})
	}
	if all, _ := h.since("x", 0); len(all) != 0 || h.total > eventsOfAll || len(h.calls) != h.order.Len() {
		t.Errorf("got %d events of the oldest call, and %d in all", len(all), h.total)
	}
	h.add(timbre.Event{ID: "of no call"})
}

// Nothing is kept, and nothing is allocated, of what tasks hear while nobody looks.
func TestHearingCostsNothingWhileNobodyLooks(t *testing.T) {
	l := newListening(nil)
	if n := testing.AllocsPerRun(100, func() { l.heard(timbre.TaskRef{}, "x", 0, timbre.Speech{}) }); n != 0 {
		t.Errorf("got %v allocations, want none", n)
	}
}

func TestSpeechIsBoundedAndJoined(t *testing.T) {
	l := newListening(newFakes(t))
	release := l.look("x")
	for i := range 2 * stretchesOf {
		l.heard(timbre.TaskRef{ID: "t", Kind: timbre.VoiceTone}, "x", 0, timbre.Speech{At: time.Duration(i+1) * 30 * time.Millisecond, Voiced: true})
	}
	read := cursor{}
	got := l.since("x", read)
	if len(got) != 1 || len(got[0].Voiced) != 1 || len(l.byCall["x"].list[0].Voiced) != stretchesOf {
		t.Errorf("got %+v, want one stretch", got)
	}
	if again := l.since("x", read); len(again) != 0 {
		t.Errorf("got %+v again, want nothing new", again)
	}
	release()
	if len(l.byCall) != 0 {
		t.Error("got a call that nobody looks at, want none")
	}
}
