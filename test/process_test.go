package test

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// program builds the binary once for all tests that are about a process.
var program = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "timbre-test-")
	if err != nil {
		return "", err
	}
	exe := filepath.Join(folder, "timbre")
	out, err := exec.Command("go", "build", "-o", exe, "../cmd/timbre").CombinedOutput()
	if err != nil {
		return "", &exec.Error{Name: string(out), Err: err}
	}
	return exe, nil
})

// process is `timbre serve` as a process of its own.
type process struct {
	cmd *exec.Cmd
	at  map[string]string // what it says it listens on: api, admin, sip udp, sip tcp
}

// serve starts the binary with settings from the environment and waits until it has said where it listens.
func serve(ctx context.Context, t *testing.T, env ...string) *process {
	t.Helper()
	exe, err := program()
	must(t, err)
	p := &process{cmd: exec.CommandContext(ctx, exe, "serve"), at: map[string]string{}}
	p.cmd.Env = env
	p.cmd.Stderr = testWriter{t}
	out, err := p.cmd.StdoutPipe()
	must(t, err)
	must(t, p.cmd.Start())
	t.Cleanup(func() { p.kill(t) })
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		name, where, _ := strings.Cut(lines.Text(), " ")
		where = strings.TrimSpace(where)
		if network, _, _ := strings.Cut(where, "://"); name == "sip" {
			name += " " + network
		}
		p.at[name] = strings.TrimPrefix(where, "http://")
		if name == "ready" {
			go func() { // keeps the pipe from filling up
				for lines.Scan() {
				}
			}()
			return p
		}
	}
	t.Fatalf("the server ended before it was ready: %v", p.cmd.Wait())
	return nil
}

// serverEnv is the settings of a server in a folder, on free ports.
func serverEnv(folder string) []string {
	others := slices.DeleteFunc(os.Environ(), func(pair string) bool { return strings.HasPrefix(pair, "TIMBRE_") })
	return append(others, "TIMBRE_DATA="+folder, "TIMBRE_API_LISTEN=127.0.0.1:0", "TIMBRE_ADMIN_LISTEN=127.0.0.1:0",
		"TIMBRE_SIP_LISTEN=udp://127.0.0.1:0,tcp://127.0.0.1:0", "TIMBRE_RTP_PORTS=24000-24999",
		"TIMBRE_ACCESS_KEY_ID="+keyID, "TIMBRE_SECRET_ACCESS_KEY="+secret)
}

// stop is how an operator ends a server; it must end well.
func (p *process) stop(t *testing.T) {
	t.Helper()
	must(t, p.cmd.Process.Signal(os.Interrupt))
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("the server ended badly: %v", err)
	}
}

// kill is kill -9. Killing twice is no error.
func (p *process) kill(t *testing.T) {
	t.Helper()
	if p.cmd.ProcessState == nil {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
	}
}
