// Command enrol measures what an enrolment costs, in two parts: a voiceprint that is made of a recording, from the audio of a file to the embedding
// of its first 20 seconds of speech, and a profile that is made of the voiceprint of a finished task, through the API of a running server.
//
//	make build && go run ./bench/enrol
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"syscall"
	"time"
)

func main() {
	binary := flag.String("binary", "bin/timbre", "the server")
	profiles := flag.Int("profiles", 2000, "profiles that are made of tasks")
	recordings := flag.Int("recordings", 20, "voiceprints that are made of recordings")
	clients := flag.Int("clients", 16, "requests at a time")
	flag.Parse()
	ctx := context.Background()
	made, err := fromRecordings(ctx, *recordings)
	if err == nil {
		fmt.Println("made of       number  CPU ms each  a core and second   ms: median     p99")
		made.print("recordings")
		made, err = fromTasks(ctx, *binary, *profiles, *clients)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "enrol:", err)
		os.Exit(1)
	}
	made.print("tasks")
}

// enrolments are what was measured.
type enrolments struct {
	took []time.Duration
	cpu  time.Duration
}

func (e enrolments) print(of string) {
	slices.Sort(e.took)
	at := func(q float64) float64 {
		return float64(e.took[min(len(e.took)-1, int(q*float64(len(e.took))))].Microseconds()) / 1000
	}
	each := e.cpu.Seconds() / float64(len(e.took))
	fmt.Printf("%-11s  %7d  %11.2f  %17.1f  %11.2f  %6.2f\n", of, len(e.took), 1000*each, 1/each, at(0.5), at(0.99))
}

// ownCPU is the processor time of this process.
func ownCPU() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // fails for bad arguments alone
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
