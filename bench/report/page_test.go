package main

import (
	"os"
	"testing"
)

func TestFiguresAreFoundInWhatBenchesPrint(t *testing.T) {
	for _, c := range []struct {
		figure
		text string
		want float64
	}{
		{figure{"calls", "", "300 ", 5, nil}, "calls  codec\n  300  pcmu   none    12.0   3.3    3000\n", 3000},
		{figure{"time", "ms", `BenchmarkSearch/20000\s`, 4, milliseconds}, "BenchmarkSearch/20000-exact 1 9 ns/op\nBenchmarkSearch/20000  \t 1500\t  900000 ns/op\t 700.0 cpu-µs/op\n", 0.7},
	} {
		if got, err := c.in(c.text); err != nil || got != c.want {
			t.Errorf("%s: got %v, %v, want %v", c.name, got, err, c.want)
		}
	}
	if _, err := parts[0].figures[0].in("nothing"); err == nil {
		t.Error("got a figure in nothing, want an error")
	}
}

func TestDurationsAreReadAsMilliseconds(t *testing.T) {
	line := "from blocks, check false: first search 1.5s, 2.25s CPU; then 23ms\n"
	for field, want := range map[int]float64{6: 1500, 7: 2250, 10: 23} {
		if got, err := (figure{line: "from blocks", field: field}).in(line); err != nil || got != want {
			t.Errorf("word %d: got %v, %v, want %v", field, got, err, want)
		}
	}
}

func TestOnlyWhatIsNotInstalledIsLeftOut(t *testing.T) {
	absent := part{name: "peer", needs: "no such program", run: []string{"false"}}
	if m, err := absent.measure(t.Context()); err != nil || m.Missing == "" {
		t.Errorf("got %+v, %v of a peer that is not installed, want that it is missing", m, err)
	}
	failing := part{name: "peer", needs: "false", run: []string{"false"}}
	if m, err := failing.measure(t.Context()); err == nil || m.Missing != "" {
		t.Errorf("got %+v, %v of a peer that fails, want an error", m, err)
	}
}

func TestPagesAreMadeFromTheFigures(t *testing.T) {
	r, err := read("../../docs/performance.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]byte{"performance.md": r.page(), "sizing.md": r.sizing()} {
		if page, err := os.ReadFile("../../docs/" + name); err != nil || string(page) != string(want) {
			t.Errorf("docs/%s is not made from docs/performance.json, %v: run make bench-report", name, err)
		}
	}
}
