package main

import (
	"fmt"
	"time"

	"timbre/task"
	"timbre/voice"
)

// doubts prints how often the segments that touch leave it in doubt whether one voice speaks, so that those in between are needed, and how often
// they are sure of one voice where all segments say that there are two.
func doubts(all []outcome) {
	fmt.Printf("\n%-26s %-14s %5s %10s %10s %10s %11s\n", "in doubt", "people", "legs", "at 10 s", "at 15 s", "at 20 s", "overlooked")
	for _, on := range lines {
		for _, people := range []string{"one", "two"} {
			var legs, overlooked int
			var doubt [3]int
			for _, o := range all {
				if o.line != on || o.two != (people == "two") {
					continue
				}
				legs++
				for i, net := range []time.Duration{task.ForSearch, 15 * time.Second, task.ForVoiceprint} {
					if !o.clear(net) {
						doubt[i]++
					} else {
						overlooked += one(o.first(net, voice.LeastUnity).Other > 0)
					}
				}
			}
			percent := func(n int) float64 { return 100 * float64(n) / float64(max(1, legs)) }
			fmt.Printf("%-26s %-14s %5d %9.1f%% %9.1f%% %9.1f%% %11d\n", on.Name, people, legs, percent(doubt[0]), percent(doubt[1]), percent(doubt[2]), overlooked)
		}
	}
}

// clear says whether the segments that touch in the first net speech of a leg are sure of one voice.
func (o outcome) clear(net time.Duration) bool {
	return voice.Clear(o.segments[:voice.CountSegments(len(o.audioOf(net)))])
}
