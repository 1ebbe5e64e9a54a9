package evaluate

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"timbre/cmd/timbre/terminal"
	"timbre/evaluate/trial"
)

// Cut says how the recordings of a person become an enrolment and tests.
type Cut struct {
	Enrol time.Duration   // net speech of the enrolment: the first of a person
	Tests []time.Duration // net speech of a test
	Limit int             // tests of each length and person
	Apart bool            // no test is of the recording that the enrolment is of
}

// enough is the share of the wanted net speech with which a voice still counts.
const enough = 0.8

// cutVoices are the voices of one person.
type cutVoices struct {
	enrolled *Voice
	tests    [][]*Voice // for each test, once a length
	left     string     // why there are none
}

// People hears the people of a folder: the first speech of each is enrolled and the rest is cut into tests. Each test is compared with
// every enrolment of its set.
func (e Ears) People(ctx context.Context, people []trial.Person, cut Cut, at int, status terminal.Output) (h Heard, err error) {
	bar := status.Steps(len(people), "people")
	defer bar.Close()
	all := make([]cutVoices, len(people))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(at)
	for i, p := range people {
		g.Go(func() (err error) {
			all[i], err = e.cut(ctx, p, cut)
			bar.Step()
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return h, err
	}
	for i, p := range people {
		if all[i].left != "" {
			h.LeftOut = append(h.LeftOut, Left{p.Name, all[i].left})
		}
		for _, test := range all[i].tests {
			for k, t := range test {
				h.compare(t, p, people, all, conditions(p, cut, k))
			}
		}
	}
	return h, nil
}

// compare compares a test of a person with all enrolments of the same set.
func (h *Heard) compare(test *Voice, p trial.Person, people []trial.Person, voices []cutVoices, conditions map[string]string) {
	for i, other := range people {
		if other.Set == p.Set && voices[i].enrolled != nil {
			h.Comparisons = append(h.Comparisons, Comparison{voices[i].enrolled, test, other.Name, p.Name, other.Name == p.Name, conditions})
		}
	}
}

func conditions(p trial.Person, cut Cut, length int) map[string]string {
	c := map[string]string{}
	if p.Set != "" {
		c["set"] = p.Set
	}
	if len(cut.Tests) > 1 {
		c["seconds"] = strconv.FormatFloat(cut.Tests[length].Seconds(), 'g', -1, 64)
	}
	return c
}

// cut hears one person. Each stretch is heard as a call of its own. The tests come from the end of the recordings, as far from the
// enrolment as can be, and none overlaps another.
func (e Ears) cut(ctx context.Context, p trial.Person, cut Cut) (v cutVoices, err error) {
	first, later := p.Recordings, []trial.Recording(nil)
	if cut.Apart {
		if len(first) < 2 {
			v.left = "one recording; a second one, of another day, is needed"
			return v, nil
		}
		first, later = first[:1], first[1:]
	}
	a, unreadable, err := readAll(first)
	if err != nil {
		return v, err
	}
	h, err := e.listen(ctx, a, cut.Enrol)
	if err != nil {
		return v, err
	}
	v.left = unreadable
	if h.net.Seconds() < enough*cut.Enrol.Seconds() {
		v.left = strings.TrimPrefix(unreadable+"; ", "; ") + fmt.Sprintf("%.1f s of speech, too little for an enrolment of %.0f s", h.net.Seconds(), cut.Enrol.Seconds())
		return v, nil
	}
	enrolled, err := e.voice(ctx, p.Name+" enrolment", h, enrolling)
	if err != nil {
		return v, err
	}
	v.enrolled = &enrolled
	if a = a.part(h.used, len(a.near)); cut.Apart {
		if a, unreadable, err = readAll(later); err != nil {
			return v, err
		}
		v.left = unreadable
	}
	if v.tests, err = e.tests(ctx, p.Name, a, cut); err == nil && len(v.tests) == 0 && v.left == "" {
		v.left = fmt.Sprintf("enrolled, but too little speech is left for a test of %.0f s", slices.Max(cut.Tests).Seconds())
	}
	return v, err
}

// tests cuts audio into tests of the longest length; shorter ones are the beginnings of these.
func (e Ears) tests(ctx context.Context, name string, a audio, cut Cut) (all [][]*Voice, err error) {
	longest := slices.Max(cut.Tests)
	var stretches []audio
	for len(a.near) > 0 {
		h, err := e.listen(ctx, a, longest)
		if err != nil {
			return nil, err
		}
		if h.net.Seconds() >= enough*longest.Seconds() {
			stretches = append(stretches, a.part(0, h.used))
		}
		a = a.part(h.used, len(a.near))
	}
	for i, s := range last(stretches, cut.Limit) {
		var test []*Voice
		for _, length := range cut.Tests {
			h, err := e.listen(ctx, s, length)
			if err != nil {
				return nil, err
			}
			v, err := e.voice(ctx, fmt.Sprintf("%s test %d", name, i+1), h, calling)
			if err != nil {
				return nil, err
			}
			test = append(test, &v)
		}
		all = append(all, test)
	}
	return all, nil
}

// last are the last n of the stretches, or all.
func last(stretches []audio, n int) []audio { return stretches[max(0, len(stretches)-n):] }
