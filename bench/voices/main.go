// Command voices measures how well two people on one leg are noticed. It makes legs on which one person speaks, and legs on which
// two take turns of 2 to 5 s, from recordings of people, sends them through telephone lines and the VAD, and prints how often a
// second voice is found where there is one, and where there is none; how often the segments in between are needed to tell; and then the first by the
// threshold of voice.LeastUnity.
//
//	go run ./bench/voices -speech ../shared/speech
package main

import (
	"context"
	"flag"

	"timbre/bench/lab"
)

func main() {
	legs := flag.Int("legs", 200, "legs of each kind")
	from := flag.Int("from", 0, "number of the first leg: each number is another draw")
	lab.Main(func(ctx context.Context, l lab.Lab) error {
		all, err := bench{l, everyone(l.Speakers)}.measure(ctx, *from, *legs)
		if err != nil {
			return err
		}
		report(all)
		doubts(all)
		sweep(all)
		return nil
	})
}
