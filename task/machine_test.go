package task

import (
	"bufio"
	"fmt"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"timbre"
)

var (
	born = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	poor = timbre.Errorf(timbre.Unprocessable, "voice", "the audio is too poor")
	good = timbre.Tone{Positive: 0.7, Neutral: 0.2, Negative: 0.1}
)

func aCall(sides ...timbre.Side) timbre.Call {
	c := timbre.Call{TransactionID: "tx", ConnectorID: "vc", CallID: "cid", Started: born.Add(-time.Minute)}
	for i, s := range sides {
		c.Legs = append(c.Legs, timbre.Leg{Side: s, Index: i})
	}
	return c
}

func aTask(kind timbre.TaskKind) timbre.Task {
	t := timbre.Task{ID: "task", Kind: kind, ConnectorID: "vc", TransactionID: "tx", Status: timbre.InQueue, Active: true, Created: born, Updated: born}
	if kind == timbre.SpeakerSearch {
		t.DomainID, t.Side = "domain", timbre.Caller
	}
	return t
}

// standing is a place where a task can stand, and happening what can happen to it there, as the table in docs/task.md
// calls them.
type (
	standing struct {
		name  string
		phase phase
		state state
	}
	happening struct {
		name string
		in   input
	}
)

func searchStandings() []standing {
	at := func(name string, p phase, net time.Duration) standing {
		s := begin(aTask(timbre.SpeakerSearch), aCall(timbre.Caller, timbre.Callee), 0).(search)
		s.phase, s.net, s.party = p, net, "sip:ann"
		switch p {
		case queued:
		case gathering, printing:
			s.Status, s.Identified = timbre.PartialSuccess, true
		case done:
			s.Status, s.Active = timbre.Succeeded, false
		default:
			s.Status = timbre.InProgress
		}
		return standing{name, p, s}
	}
	return []standing{
		at("queued", queued, 0), at("listening", listening, 5*time.Second),
		at("identifying", identifying, 12*time.Second), at("identifying, 20 s heard", identifying, 20*time.Second),
		at("concluding", concluding, 12*time.Second), at("concluding, 20 s heard", concluding, 20*time.Second),
		at("gathering", gathering, 12*time.Second), at("printing", printing, 20*time.Second), at("done", done, 20*time.Second),
	}
}

func searchHappenings() []happening {
	speech := func(net time.Duration) input { return heard{0, timbre.Speech{At: net, Net: net, Voiced: true}} }
	return []happening{
		{"speech, under 10 s in all", speech(6 * time.Second)},
		{"speech, 10 s in all", speech(10 * time.Second)},
		{"speech, 20 s in all", speech(20 * time.Second)},
		{"matches", found{[]timbre.Match{{ProfileID: "vp-1", Confidence: 0.95}}}},
		{"no matches", found{}},
		{"voiceprint", printed{timbre.Voiceprint{Net: 20 * time.Second}}},
		{"work failed", failed{poor}},
		{"another leg", joined{aCall(timbre.Caller, timbre.Callee, timbre.Mixed)}},
		{"other leg", joined{aCall(timbre.Callee, timbre.Caller)}},
		{"other party", joined{withParty(aCall(timbre.Caller, timbre.Callee), 0, "sip:bob")}},
		{"call over", hungUp{0}},
		{"stop", stop{}},
		{"lost", lost{crash}},
	}
}

// withParty is a call in which somebody is on a leg.
func withParty(c timbre.Call, leg int, party string) timbre.Call {
	c.Legs[leg].Party = party
	return c
}

func toneStandings() []standing {
	at := func(name string, p phase, change func(*tone)) standing {
		s := begin(aTask(timbre.VoiceTone), aCall(timbre.Caller), 0).(tone)
		s.phase = p
		if p != queued {
			s.Status = timbre.InProgress
		}
		change(&s)
		return standing{name, p, s}
	}
	return []standing{
		at("queued", queued, func(*tone) {}),
		at("following", following, func(t *tone) { t.clock = 2 * time.Second }),
		at("closing", closing, func(t *tone) { t.legs[0].gone = true }),
		at("closing, scored before", closing, func(t *tone) { t.legs[0] = toneLeg{gone: true, scored: true} }),
		at("done", done, func(t *tone) { t.Status, t.Active = timbre.Succeeded, false }),
	}
}

func toneHappenings() []happening {
	speech := func(at time.Duration) input { return heard{0, timbre.Speech{At: at, Voiced: true}} }
	look := func(hangs, final bool, l legScore) input {
		return scored{score{5 * time.Second, []bool{hangs, false}, final}, []legScore{l, {}}}
	}
	ok := legScore{current: good, overall: good, ok: true}
	return []happening{
		{"speech, before the tick", speech(3 * time.Second)},
		{"speech, up to the tick", speech(Tick)},
		{"speech, past the tick", speech(Tick + 20*time.Millisecond)},
		{"tone", look(false, false, ok)},
		{"too little talk", look(false, false, legScore{})},
		{"10 s of silence", look(true, false, legScore{})},
		{"tone and 10 s of silence", look(true, false, ok)},
		{"poor audio", look(false, false, legScore{err: poor})},
		{"last look: tone", look(false, true, ok)},
		{"last look: nothing", look(false, true, legScore{})},
		{"another leg", joined{aCall(timbre.Caller, timbre.Callee)}},
		{"last leg over", hungUp{0}},
		{"stop", stop{}},
		{"lost", lost{crash}},
	}
}

// transition is a row of the table: what happens in a standing, and what comes of it.
type transition struct{ from, in, to, status, events, effects string }

func transitions(standings []standing, happenings []happening) (all []transition, edges map[string]bool) {
	edges = map[string]bool{}
	for _, s := range standings {
		for _, h := range happenings {
			if in, is := h.in.(heard); is && s.phase != done {
				if before, is := s.state.(search); is && in.speech.Net < before.net {
					continue // net speech never shrinks
				}
			}
			before := s.state.record()
			next, events, effects := s.state.step(h.in, born.Add(time.Minute))
			to := phaseOf(next)
			row := transition{s.name, h.name, string(to), string(next.record().Status), "", ""}
			for _, e := range events {
				row.events = add(row.events, e.Status)
			}
			for _, e := range effects {
				row.effects = add(row.effects, effectName(e))
			}
			if to == s.phase && row.events == "" && row.effects == "" && fmt.Sprint(before) == fmt.Sprint(next.record()) {
				continue // nothing comes of it
			}
			all = append(all, row)
			if to != s.phase {
				edges[string(s.phase)+" --> "+string(to)] = true
			}
		}
	}
	return all, edges
}

func phaseOf(s state) phase {
	if s, is := s.(search); is {
		return s.phase
	}
	return s.(tone).phase
}

func add(list, item string) string {
	if list == "" {
		return item
	}
	return list + ", " + item
}

func effectName(e effect) string {
	if s, is := e.(score); is && s.final {
		return "last score"
	}
	return strings.TrimPrefix(fmt.Sprintf("%T", e), "task.")
}

func (r transition) String() string {
	return strings.Join([]string{"", r.from, r.in, r.to, r.status, r.events, r.effects, ""}, " | ")
}

var edge = regexp.MustCompile(`^\s+(\w+ --> \w+)`)

// documented are the rows and the edges of the drawing under a heading of docs/task.md.
func documented(t *testing.T, heading string) (rows []string, edges map[string]bool) {
	t.Helper()
	f, err := os.Open("../docs/task.md")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	edges = map[string]bool{}
	inside := false
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line := lines.Text()
		if strings.HasPrefix(line, "## ") {
			inside = line == "## "+heading
		}
		if !inside {
			continue
		}
		if cells := strings.Split(line, "|"); len(cells) == 8 && !strings.Contains(line, "---") && !strings.Contains(line, "next phase") {
			for i := range cells {
				cells[i] = strings.TrimSpace(cells[i])
			}
			rows = append(rows, strings.Join(cells, " | "))
		}
		if m := edge.FindStringSubmatch(line); m != nil {
			edges[m[1]] = true
		}
	}
	return rows, edges
}

func TestEveryTransitionIsAsDocumentedAndDrawn(t *testing.T) {
	for _, c := range []struct {
		heading    string
		standings  []standing
		happenings []happening
	}{
		{"Speaker search", searchStandings(), searchHappenings()},
		{"Voice tone analysis", toneStandings(), toneHappenings()},
	} {
		t.Run(c.heading, func(t *testing.T) {
			rows, drawn := documented(t, c.heading)
			all, edges := transitions(c.standings, c.happenings)
			var built []string
			for _, r := range all {
				built = append(built, r.String())
			}
			for _, r := range built {
				if !slices.Contains(rows, r) {
					t.Errorf("not documented:\n%s", r)
				}
			}
			for _, r := range rows {
				if !slices.Contains(built, r) {
					t.Errorf("documented, but not so:\n%s", r)
				}
			}
			if !maps.Equal(drawn, edges) {
				t.Errorf("drawn %v\nbuilt %v", slices.Sorted(maps.Keys(drawn)), slices.Sorted(maps.Keys(edges)))
			}
		})
	}
}

func TestStepChangesNothingButItsResult(t *testing.T) {
	for _, s := range append(searchStandings(), toneStandings()...) {
		happenings := searchHappenings()
		if _, is := s.state.(tone); is {
			happenings = toneHappenings()
		}
		for _, h := range happenings {
			before := fmt.Sprintf("%#v", s.state)
			one, events1, effects1 := s.state.step(h.in, born)
			two, events2, effects2 := s.state.step(h.in, born)
			if fmt.Sprintf("%#v", s.state) != before {
				t.Errorf("%s, %s: the state before was changed", s.name, h.name)
			}
			if !reflect.DeepEqual([]any{one, events1, effects1}, []any{two, events2, effects2}) {
				t.Errorf("%s, %s: twice the same gives\n%+v\n%+v", s.name, h.name, one, two)
			}
		}
	}
}
