package console

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"timbre"
	"timbre/environment"
)

// fakes are what a Console of a test is given.
type fakes struct {
	*Console
	t      *testing.T
	steady time.Time
	server *httptest.Server
	cookie *http.Cookie

	mu       sync.Mutex
	keys     map[string]timbre.Key
	used     map[string]int // how often, by key
	wrong    int
	live     []timbre.Call
	ended    []string
	taps     map[legOf][]timbre.Tap
	began    []timbre.Call
	person   Person // whom the issuer signs in
	fault    error  // or why it does not
	frames   [2]int
	stored   map[string]timbre.Call
	tasks    []timbre.Task
	filter   timbre.EndedFilter
	messages []timbre.LoggedMessage
}

// all may do everything, lister lists calls alone.
func newFakes(t *testing.T) *fakes {
	t.Helper()
	f := &fakes{
		t: t, steady: time.Now(), taps: map[legOf][]timbre.Tap{}, used: map[string]int{}, stored: map[string]timbre.Call{},
		keys: map[string]timbre.Key{
			"ALL":    {ID: "ALL", Secret: "secret", User: "all"},
			"OTHER":  {ID: "OTHER", Secret: "secret", User: "other"},
			"LISTER": {ID: "LISTER", Secret: "secret", User: "lister", Grants: []timbre.Grant{{Action: timbre.ActionListCalls, Resource: "*"}}},
		},
	}
	env := environment.Environment{Region: "us-east-1", Account: "000000000000", Steady: func() time.Time {
		f.mu.Lock()
		defer f.mu.Unlock()
		return f.steady
	}}
	f.Console = New(env, Config{Step: time.Millisecond}, Deps{
		Keys: f, Attempts: f, Issuer: f, Calls: f, Store: store{f}, SIPLog: f,
		API: func(w http.ResponseWriter, r *http.Request, key timbre.Key) {
			reply(w, http.StatusOK, map[string]string{"path": r.URL.Path, "key": key.ID})
		},
		Show: func(c timbre.Call, numbers bool) any {
			if !numbers {
				c.From = "masked"
			}
			return map[string]any{"transactionId": c.TransactionID, "from": c.From}
		},
		Hide:      func(text string) string { return strings.ReplaceAll(text, "+12065550100", "masked") },
		Recording: readFake,
		About:     func(context.Context) About { return About{Version: "v1"} },
		KeyUses:   func() []KeyUse { return []KeyUse{{Key: f.keys["ALL"]}, {Key: f.keys["LISTER"]}} },
	})
	f.server = httptest.NewServer(f.Console)
	t.Cleanup(f.server.Close)
	f.cfg.Home = f.server.URL
	f.server.Client().CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return f
}

// readFake takes the bytes of a file for silence of one channel.
func readFake(r io.Reader, longest time.Duration) ([][]int16, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	if string(text) == "no WAV" {
		return nil, timbre.Errorf(timbre.Invalid, "", "this is not a WAV file")
	}
	if timbre.Duration(len(text)) > longest {
		return nil, timbre.Errorf(timbre.Invalid, "", "the recording lasts longer than %v", longest)
	}
	return [][]int16{make([]int16, len(text))}, nil
}

func (f *fakes) Used(id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.used[id]++
}

func (f *fakes) Key(id string) (timbre.Key, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	k, ok := f.keys[id]
	return k, ok
}

// change replaces a key.
func (f *fakes) change(id string, by func(*timbre.Key)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	k := f.keys[id]
	by(&k)
	f.keys[id] = k
}

// later lets time pass.
func (f *fakes) later(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.steady = f.steady.Add(d)
}

func (f *fakes) May(netip.Addr, string) bool { return f.wrong < 20 }
func (f *fakes) Failed(netip.Addr, string)   { f.wrong++ }

func (f *fakes) Call(id string) (timbre.Call, bool) {
	for _, c := range f.Live() {
		if c.TransactionID == id {
			return c, true
		}
	}
	return timbre.Call{}, false
}

func (f *fakes) Live() []timbre.Call {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]timbre.Call(nil), f.live...)
}

func (f *fakes) MediaTime(string, int) time.Duration { return 3 * time.Second }

func (f *fakes) Tap(id string, leg int, t timbre.Tap) (func(), error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	key := legOf{id, leg}
	f.taps[key] = append(f.taps[key], t)
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.taps[key] = nil
	}, nil
}

// tapped returns the taps of a leg.
func (f *fakes) tapped(id string, leg int) []timbre.Tap {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]timbre.Tap(nil), f.taps[legOf{id, leg}]...)
}

// counter counts the frames of a leg.
type counter struct {
	f   *fakes
	leg int
}

func (c counter) Frame(timbre.Frame) {
	c.f.mu.Lock()
	defer c.f.mu.Unlock()
	c.f.frames[c.leg]++
}
func (counter) SetMeter(timbre.ReceptionMeter) {}

func (f *fakes) Begin(_ context.Context, c timbre.Call) (string, []timbre.LegListener, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.began = append(f.began, c)
	var legs []timbre.LegListener
	for i := range c.Legs {
		legs = append(legs, counter{f, i})
	}
	return "played", legs, nil
}

func (f *fakes) End(_ context.Context, id, failure string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ended = append(f.ended, id+" "+failure)
	return nil
}

func (f *fakes) EndedCalls(_ context.Context, filter timbre.EndedFilter) (list []timbre.Call, next timbre.EndedPlace, err error) {
	f.filter = filter
	for _, c := range f.stored {
		list = append(list, c)
		next = timbre.EndedPlace{Ended: c.Ended, TransactionID: c.TransactionID}
	}
	return list, next, nil
}

func (f *fakes) TasksOf(context.Context, string) ([]timbre.Task, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]timbre.Task(nil), f.tasks...), nil
}

func (f *fakes) LastSearches(ctx context.Context, _ string) ([]timbre.Task, error) {
	return f.TasksOf(ctx, "")
}

// store is the part of the fakes whose method Call is another one.
type store struct{ *fakes }

func (s store) Call(_ context.Context, id string) (timbre.Call, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c, ok := s.stored[id]; ok {
		return c, nil
	}
	return timbre.Call{}, timbre.Errorf(timbre.NotFound, "fake", "there is no such call")
}

func (f *fakes) Connector(_ context.Context, id string) (timbre.Connector, error) {
	if id == "unknown" {
		return timbre.Connector{}, timbre.Errorf(timbre.NotFound, "fake", "there is no such connector")
	}
	return timbre.Connector{ID: id}, nil
}

func (f *fakes) Domain(_ context.Context, id string) (timbre.Domain, error) {
	if id == "broken" {
		return timbre.Domain{}, errors.New("the disk is gone: /secret/path")
	}
	return timbre.Domain{ID: id}, nil
}

func (f *fakes) Logging(context.Context, string) (timbre.Logging, error) {
	return timbre.Logging{SIP: true}, nil
}

func (f *fakes) Messages(_, _ string, from, to time.Time, _ int) (list []timbre.LoggedMessage, err error) {
	for _, m := range f.messages {
		if !m.Time.Before(from) && !m.Time.After(to) {
			list = append(list, m)
		}
	}
	return list, nil
}

// response is what came back, whose body the test closes at its end.
type response struct{ *http.Response }

// ask sends a request as the page does, with the cookie if there is one, and with headers, each a name before its value.
func (f *fakes) ask(method, path, body string, headers ...string) response {
	f.t.Helper()
	r, err := http.NewRequestWithContext(f.t.Context(), method, f.server.URL+path, strings.NewReader(body))
	if err != nil {
		f.t.Fatal(err)
	}
	r.Header.Set("Origin", f.server.URL)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	if f.cookie != nil {
		r.AddCookie(f.cookie)
	}
	answer, err := f.server.Client().Do(r)
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { _ = answer.Body.Close() })
	return response{answer}
}

// signIn signs in with a key, whose session later requests carry.
func (f *fakes) signIn(key string) response {
	f.t.Helper()
	f.cookie = nil
	answer := f.ask(http.MethodPost, "/console/session", `{"keyId":"`+key+`","secret":"secret"}`)
	for _, c := range answer.Cookies() {
		f.cookie = c
	}
	return answer
}

// want checks the status of an answer, and decodes it.
func (f *fakes) want(status int, answer response, into ...any) {
	f.t.Helper()
	if answer.StatusCode != status {
		text, _ := io.ReadAll(answer.Body)
		f.t.Fatalf("%s %s: got status %d, want %d: %s", answer.Request.Method, answer.Request.URL.Path, answer.StatusCode, status, text)
	}
	for _, v := range into {
		if err := json.NewDecoder(answer.Body).Decode(v); err != nil {
			f.t.Fatal(err)
		}
	}
}

// messages of a stream.
type messages struct {
	f     *fakes
	lines *bufio.Scanner
}

// open opens a stream.
func (f *fakes) open(path string) *messages {
	f.t.Helper()
	answer := f.ask(http.MethodGet, path, "")
	f.want(http.StatusOK, answer)
	return &messages{f, bufio.NewScanner(answer.Body)}
}

// next reads up to the next message of a name.
func (m *messages) next(name string, into any) {
	m.f.t.Helper()
	for m.lines.Scan() {
		if m.lines.Text() != "event: "+name {
			continue
		}
		m.lines.Scan()
		if err := json.Unmarshal([]byte(strings.TrimPrefix(m.lines.Text(), "data: ")), into); err != nil {
			m.f.t.Fatal(err)
		}
		return
	}
	m.f.t.Fatalf("got the end of the stream, want a message %s", name)
}

// ends reads to the end of the stream.
func (m *messages) ends() {
	for m.lines.Scan() {
	}
}
