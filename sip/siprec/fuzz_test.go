package siprec

import (
	"slices"
	"strings"
	"testing"

	"timbre"
)

// FuzzMap goes from metadata to legs, with and without earlier metadata and legs.
func FuzzMap(f *testing.F) {
	for _, v := range vectors(f) {
		if b, err := Read(v.contentType, v.body); err == nil {
			for step := range uint8(4) { // alone, and as an update
				f.Add(b.Metadata, "1", "2", step<<4|2, ann)
			}
		}
	}
	f.Fuzz(func(t *testing.T, doc, label1, label2 string, n uint8, known string) {
		lines := []Line{{0, label1}, {1, label2}, {3, "x"}}[:n%4]
		before := session(false, ann, "1", bob, "2")
		m := Parse(doc)
		k := Known{Rules: Rules{Swap: n&4 != 0, Header: "X-Caller"}, Named: known, Before: []timbre.Leg{{Side: timbre.Caller, Index: 1, Party: known}}}
		if n&8 != 0 {
			k.Callers = []string{"a*", known}
		}
		switch n >> 4 & 3 {
		case 1:
			m = m.After(before)
		case 2:
			m = before.After(m)
		case 3:
			m = m.After(m)
		}
		checkMap(t, lines, m, k)
	})
}

// checkMap checks what holds for the legs of any metadata.
func checkMap(t *testing.T, lines []Line, m *Metadata, k Known) {
	t.Helper()
	legs, warnings := Map(lines, m, k)
	if len(legs) != len(lines) {
		t.Fatalf("got %d legs for %d lines", len(legs), len(lines))
	}
	for i, l := range legs {
		if l.Index != lines[i].Index || l.Label != lines[i].Label || l.Side > timbre.Callee {
			t.Errorf("got leg %d %+v of line %+v", i, l, lines[i])
		}
	}
	again, said := Map(lines, m, k)
	if !slices.Equal(again, legs) || !slices.Equal(said, warnings) {
		t.Error("got another result for the same input")
	}
	if len(legs) > 0 && len(m.present().Participants) == 0 && legs[0].Side != timbre.Mixed && len(warnings) == 0 {
		t.Errorf("got %s assumed without a warning", written(legs))
	}
	if slices.ContainsFunc(append(m.Warnings, warnings...), func(w string) bool { return len(w) > maxWarning }) {
		t.Errorf("got warnings %q, want at most %d bytes each", warnings, maxWarning)
	}
	if len(m.Participants) > maxParties || len(m.Streams) > maxParties {
		t.Errorf("got %d participants, %d streams", len(m.Participants), len(m.Streams))
	}
}

// FuzzHeaders reads the headers of calls without metadata.
func FuzzHeaders(f *testing.F) {
	for _, v := range vectors(f) {
		if v.from != "" || len(v.participants) > 0 {
			f.Add(v.from, strings.Join(v.participants, ", "))
		}
	}
	f.Fuzz(func(t *testing.T, from, participants string) {
		m := FromHeaders(from, []string{participants})
		if m == nil {
			return
		}
		if len(m.Participants) == 0 || len(m.Participants) > maxParties || len(m.Warnings) == 0 {
			t.Errorf("got %+v, want participants and a warning", m)
		}
		if legs, _ := Map(two, m, Known{}); len(legs) != 2 {
			t.Errorf("got %d legs, want 2", len(legs))
		}
	})
}

// FuzzParts splits multipart bodies: the parts hold no more than the body.
func FuzzParts(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add(boundary(v.contentType), v.body)
	}
	f.Fuzz(func(t *testing.T, mark string, body []byte) {
		parts := split(mark, body)
		if len(parts) > maxParts {
			t.Errorf("got %d parts, want at most %d", len(parts), maxParts)
		}
		total := 0
		for _, p := range parts {
			total += len(p.content)
		}
		if total > len(body) {
			t.Errorf("got parts of %d bytes in a body of %d", total, len(body))
		}
	})
}

// FuzzTree reads documents within their limits.
func FuzzTree(f *testing.F) {
	for _, v := range vectors(f) {
		if b, err := Read(v.contentType, v.body); err == nil {
			f.Add(b.Metadata)
		}
	}
	f.Add("< a><\t/ b>< / c>\x00")
	f.Fuzz(func(t *testing.T, doc string) {
		top, _ := parseTree(doc)
		var deepest func(n *node) (count, depth int)
		deepest = func(n *node) (count, depth int) {
			for _, k := range n.children {
				c, d := deepest(k)
				count, depth = count+c, max(depth, d)
			}
			return count + 1, depth + 1
		}
		if count, depth := deepest(top); count > maxNodes+1 || depth > maxDepth+1 {
			t.Errorf("got %d elements, %d deep", count, depth)
		}
	})
}

// FuzzAddress reads addresses, numbers and patterns of them.
func FuzzAddress(f *testing.F) {
	for _, a := range []string{`"Ann" <sip:ann@example.com;user=phone>;tag=1`, "tel:+12065550101", "ann", "sip:192.0.2.1", "<<>>@@::;;"} {
		f.Add(a, "+*,a?n@*")
	}
	f.Fuzz(func(t *testing.T, address, list string) {
		if user := User(address); strings.ContainsAny(user, "@;") {
			t.Errorf("got user %q of %q", user, address)
		}
		if !sameDigits(digits(address), digits(address)) && len(digits(address)) >= minDigits {
			t.Errorf("got %q different from itself", address)
		}
		if callers, err := timbre.AddressPatterns(strings.Split(list, ",")); err == nil {
			r := Rules{Callers: callers}
			if r.isCaller(address) && (User(address) == "" || len(callers) == 0) {
				t.Errorf("got %q as a caller by %q", address, callers)
			}
		}
	})
}

// FuzzMerge follows metadata through two updates: it stays within its limits, and a complete document replaces all of it.
func FuzzMerge(f *testing.F) {
	for _, steps := range stories(f) {
		var docs [3]string
		for i, v := range steps[:min(len(steps), 3)] {
			if b, err := Read(v.contentType, v.body); err == nil {
				docs[i] = b.Metadata
			}
		}
		f.Add(docs[0], docs[1], docs[2])
	}
	f.Fuzz(func(t *testing.T, first, second, third string) {
		m := Parse(third).After(Parse(second).After(Parse(first)))
		if len(m.Participants) > maxParties || len(m.Streams) > maxParties || len(m.sends) > 4096 || len(m.joined) > 4096 {
			t.Errorf("got %d participants, %d streams, %d senders, %d joined", len(m.Participants), len(m.Streams), len(m.sends), len(m.joined))
		}
		legs, _ := Map(two, m, Known{})
		whole, _ := Map(two, session(false, ann, "1", bob, "2").After(m), Known{})
		if len(legs) != 2 || written(whole) != "0 caller "+ann+", 1 callee "+bob {
			t.Errorf("got %s, and %s after a complete document", written(legs), written(whole))
		}
	})
}
