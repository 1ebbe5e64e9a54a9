// Package server runs the timbre binary for tests that need a process of its own.
package server

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Binary builds the timbre binary once for all tests of a package, under the race detector if they run under it.
var Binary = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "timbre-test-")
	if err != nil {
		return "", err
	}
	exe := filepath.Join(folder, "timbre")
	out, err := exec.Command("go", slices.Concat([]string{"build", "-o", exe}, raced, []string{"timbre/cmd/timbre"})...).CombinedOutput()
	if err != nil {
		return "", &exec.Error{Name: string(out), Err: err}
	}
	return exe, nil
})

// Process is a running `timbre serve`.
type Process struct {
	Cmd *exec.Cmd
	At  map[string]string // addresses by listener: api, admin, feed, sip udp, sip tcp
}

// Launch starts a server by a command, and waits until it has printed its addresses. It ends with the test at the latest.
func Launch(t testing.TB, cmd *exec.Cmd) *Process {
	t.Helper()
	p := &Process{Cmd: cmd, At: map[string]string{}}
	if cmd.Stderr == nil {
		cmd.Stderr = logger{t}
	}
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		name, where, _ := strings.Cut(lines.Text(), " ")
		where = strings.TrimSpace(where)
		if network, _, _ := strings.Cut(where, "://"); name == "sip" {
			name += " " + network
		}
		p.At[name] = strings.TrimPrefix(where, "http://")
		if name == "ready" {
			go func() { // keeps the pipe from filling up
				for lines.Scan() {
				}
			}()
			return p
		}
	}
	t.Fatalf("server exited before it was ready: %v", cmd.Wait())
	return nil
}

// Surroundings returns the environment of this process without settings of Timbre, which a command would take or refuse.
func Surroundings() []string {
	return slices.DeleteFunc(os.Environ(), func(pair string) bool { return strings.HasPrefix(pair, "TIMBRE_") })
}

// Stop interrupts the server, which must exit with status 0.
func (p *Process) Stop(t testing.TB) {
	t.Helper()
	if err := p.Cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := p.Cmd.Wait(); err != nil {
		t.Errorf("server: got error %v, want none", err)
	}
}

// Kill sends SIGKILL. A second call has no effect.
func (p *Process) Kill() {
	if p.Cmd.ProcessState == nil {
		_ = p.Cmd.Process.Kill()
		_ = p.Cmd.Wait()
	}
}

// logger writes a server's log to the test log.
type logger struct{ t testing.TB }

func (w logger) Write(b []byte) (int, error) {
	w.t.Log(string(bytes.TrimRight(b, "\n")))
	return len(b), nil
}
