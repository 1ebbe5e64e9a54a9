package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"syscall"
	"time"

	"timbre/environment"
	"timbre/search"
)

// measure opens the database and searches it three times: the first search reads the domain.
func measure(ctx context.Context, folder, calibration string, profiles int, check bool) error {
	text, err := os.ReadFile(calibration)
	if err != nil {
		return err
	}
	c, err := search.ParseCalibration(text)
	if err != nil {
		return err
	}
	s, err := reader(ctx, folder, check)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	searcher := search.New(environment.Environment{}, search.Config{}, search.Deps{Source: s, Calibration: c})
	v := voice(rand.New(rand.NewPCG(2, 2)))
	var first, last, cpu time.Duration
	for i := range 3 {
		began, used := time.Now(), cpuTime()
		if _, err := searcher.Search(ctx, domainID, v); err != nil {
			return err
		}
		if last = time.Since(began); i == 0 {
			first, cpu = last, cpuTime()-used
		}
	}
	now, most, err := resident()
	vectors := profiles * dim * 4
	fmt.Printf("first search %v, %v CPU; then %v; %d MB resident, %d MB at most: %.2f times the vectors\n", first.Round(time.Millisecond),
		cpu.Round(time.Millisecond), last.Round(10*time.Microsecond), now/1e6, most/1e6, float64(most)/float64(vectors))
	runtime.KeepAlive(searcher)
	return err
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // fails for bad arguments alone
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// resident is the memory that this process has, and the most that it has had, in bytes.
func resident() (now, most int, err error) {
	text, err := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(text)) {
		for name, bytes := range map[string]*int{"VmRSS:": &now, "VmHWM:": &most} {
			if rest, ok := strings.CutPrefix(line, name); ok {
				_, err = fmt.Sscan(rest, bytes)
				*bytes *= 1024
			}
		}
	}
	return now, most, err
}
