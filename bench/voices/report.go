package main

import "fmt"

// shares are the shares of a second person in the speech that are reported apart.
var shares = []struct {
	name     string
	from, to float64
}{{"none", 0, 0}, {"under 20 %", 0, 0.2}, {"20 % or more", 0.2, 1}, {"of these, under 30 %", 0.2, 0.3}}

// report prints how often a second voice is found, by the line and the share of the second person, and how pure the audio is that is
// kept of one of two.
func report(all []outcome) {
	fmt.Printf("%-26s %-21s %5s %8s %8s %11s %7s %7s\n", "line", "second person", "legs", "at 10 s", "name", "voiceprint", "kept", "pure")
	var took, speech float64
	for _, on := range lines {
		for _, share := range shares {
			var sum outcome
			var at10s, name, made int
			for _, o := range all {
				if o.line != on || o.two != (share.to > 0) || o.two && (o.share < share.from || o.share >= share.to) {
					continue
				}
				sum.legs++
				at10s, name, made = at10s+one(o.at10s), name+one(o.name), made+one(o.print)
				sum.kept, sum.pure = sum.kept+o.kept, sum.pure+o.pure
			}
			percent := func(n int) float64 { return 100 * float64(n) / float64(max(1, sum.legs)) }
			fmt.Printf("%-26s %-21s %5d %7.1f%% %7.1f%% %10.1f%% %6.1fs %6.1f%%\n", on.Name, share.name, sum.legs,
				percent(at10s), percent(name), percent(made), sum.kept.Seconds()/float64(max(1, made)), 100*sum.pure/float64(max(1, made)))
		}
	}
	for _, o := range all {
		took, speech = took+o.took.Seconds(), speech+o.speech.Seconds()
	}
	fmt.Printf("%.1f ms for each second of speech\n", 1000*took/speech)
}

func one(is bool) int {
	if is {
		return 1
	}
	return 0
}
