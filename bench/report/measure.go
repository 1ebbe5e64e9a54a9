package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"

	"golang.org/x/sys/unix"
)

// measured is what a part has found.
type measured struct {
	Command string  `json:"command"`
	Machine string  `json:"machine"`
	Day     string  `json:"day"`
	Load    float64 `json:"load"`          // of the machine before it began: of processes that run
	CPU     float64 `json:"cpuSeconds"`    // of the whole measurement
	Values  []value `json:"values"`        // in the order of the figures
	Missing string  `json:"not,omitempty"` // why there are none
}

// value is a figure.
type value struct {
	Name   string  `json:"name"`
	Unit   string  `json:"unit,omitempty"`
	Number float64 `json:"number"`
}

// measure runs a part. That what it needs is not installed is no error.
func (p part) measure(ctx context.Context) (m measured, err error) {
	m.Command, m.Machine, m.Load = p.command(), machine(), load()
	if p.needs != "" && !installed(p.needs) {
		m.Missing = "not installed"
		return m, nil
	}
	run := exec.CommandContext(ctx, p.run[0], p.run[1:]...)
	run.Env = append(os.Environ(), p.env...)
	run.Stderr = os.Stderr
	out, err := run.Output()
	os.Stdout.Write(out)
	if state := run.ProcessState; state != nil {
		m.CPU = (state.UserTime() + state.SystemTime()).Seconds()
	}
	if err != nil {
		return m, fmt.Errorf("%s: %w", p.name, err)
	}
	for _, f := range p.figures {
		n, err := f.in(string(out))
		if err != nil {
			return m, fmt.Errorf("%s: %w", p.name, err)
		}
		m.Values = append(m.Values, value{f.name, f.unit, n})
	}
	return m, nil
}

func installed(program string) bool {
	_, err := exec.LookPath(program)
	return err == nil
}

// machine is the processor, how many, and the kernel.
func machine() string {
	var u unix.Utsname
	_ = unix.Uname(&u)
	model := runtime.GOARCH
	text, _ := os.ReadFile("/proc/cpuinfo")
	if _, rest, ok := strings.Cut(string(text), "model name"); ok {
		line, _, _ := strings.Cut(rest, "\n")
		model = strings.TrimSpace(strings.TrimLeft(line, "\t :"))
	}
	release, _, _ := strings.Cut(unix.ByteSliceToString(u.Release[:]), "-")
	return fmt.Sprintf("%s, %d processors, Linux %s, %s", model, runtime.NumCPU(), release, runtime.Version())
}

// load is the load average of the machine over the last minute.
func load() (now float64) {
	text, _ := os.ReadFile("/proc/loadavg")
	_, _ = fmt.Sscan(string(text), &now)
	return now
}
