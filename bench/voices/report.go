package main

import (
	"fmt"

	"timbre/voice"
)

// shares are the shares of a second person in the speech that are reported apart.
var shares = []share{{"none", 0, 0}, {"under 20 %", 0, 0.2}, {"20 % or more", 0.2, 1}, {"of these, under 30 %", 0.2, 0.3}}

type share struct {
	name     string
	from, to float64
}

// has says whether the second person of a leg has this share.
func (s share) has(o outcome) bool {
	return o.two == (s.to > 0) && (!o.two || o.share >= s.from && o.share < s.to)
}

// tally counts the legs on which a second voice is found, by the result.
type tally struct {
	legs, at10s, name, print int
	kept, pure               float64 // sums over the voiceprints of one of two voices: seconds kept, and the share of one person in them
}

func (t *tally) add(o outcome, d decision) {
	t.legs++
	t.at10s, t.name, t.print = t.at10s+one(d.at10s), t.name+one(d.name), t.print+one(d.print)
	if d.print {
		t.kept, t.pure = t.kept+d.kept.Net.Seconds(), t.pure+purity(o.audio, o.second, d.kept.PCM)
	}
}

func (t tally) percent(n int) float64 { return 100 * float64(n) / float64(max(1, t.legs)) }

// report prints how often a second voice is found, by the line and the share of the second person, and how pure the audio is that is
// kept of one of two.
func report(all []outcome) {
	fmt.Printf("%-26s %-21s %5s %8s %8s %11s %7s %7s\n", "line", "second person", "legs", "at 10 s", "name", "voiceprint", "kept", "pure")
	var took, speech float64
	for _, on := range lines {
		for _, s := range shares {
			var t tally
			for _, o := range all {
				if o.line == on && s.has(o) {
					t.add(o, o.decide(voice.LeastUnity))
				}
			}
			found := float64(max(1, t.print))
			fmt.Printf("%-26s %-21s %5d %7.1f%% %7.1f%% %10.1f%% %6.1fs %6.1f%%\n", on.Name, s.name, t.legs,
				t.percent(t.at10s), t.percent(t.name), t.percent(t.print), t.kept/found, 100*t.pure/found)
		}
	}
	for _, o := range all {
		took, speech = took+o.took.Seconds(), speech+o.net.Seconds()
	}
	fmt.Printf("%.1f ms for each second of speech\n", 1000*took/speech)
}

// sweep prints what other thresholds would find, on both lines, where a second person has a fifth of the speech or more.
func sweep(all []outcome) {
	fmt.Printf("\n%-10s %26s %26s\n%-10s %8s %8s %8s %8s %8s %8s\n", "", "second voice found", "found where there is none",
		"threshold", "at 10 s", "name", "print", "at 10 s", "name", "print")
	for threshold := -0.10; threshold < 0.151; threshold += 0.0125 {
		var two, single tally
		for _, o := range all {
			switch {
			case !o.two:
				single.add(o, o.decide(threshold))
			case o.share >= 0.2:
				two.add(o, o.decide(threshold))
			}
		}
		fmt.Printf("%-10.4f", threshold)
		for _, t := range []tally{two, single} {
			fmt.Printf(" %7.1f%% %7.1f%% %7.1f%%", t.percent(t.at10s), t.percent(t.name), t.percent(t.print))
		}
		fmt.Println()
	}
}

func one(is bool) int {
	if is {
		return 1
	}
	return 0
}
