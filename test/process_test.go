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

// program builds the timbre binary once for all tests.
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

// process is a running `timbre serve`.
type process struct {
	cmd *exec.Cmd
	at  map[string]string // addresses by listener: api, admin, sip udp, sip tcp
}

// serve starts the binary with settings from the environment, and waits until it has printed its addresses.
func serve(ctx context.Context, t *testing.T, env ...string) *process {
	t.Helper()
	exe, err := program()
	must(t, err)
	cmd := exec.CommandContext(ctx, exe, "serve")
	cmd.Env, cmd.Stderr = env, testWriter{t}
	return launch(t, cmd)
}

// launch starts a server by a command, and waits until it has printed its addresses.
func launch(t *testing.T, cmd *exec.Cmd) *process {
	t.Helper()
	p := &process{cmd: cmd, at: map[string]string{}}
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
	t.Fatalf("server exited before it was ready: %v", p.cmd.Wait())
	return nil
}

// serverEnv returns the environment of a server in a folder, on free ports.
func serverEnv(folder string) []string {
	return append(surroundings(), "TIMBRE_DATA="+folder, "TIMBRE_API_LISTEN=127.0.0.1:0", "TIMBRE_ADMIN_LISTEN=127.0.0.1:0",
		"TIMBRE_SIP_LISTEN=udp://127.0.0.1:0,tcp://127.0.0.1:0", "TIMBRE_RTP_PORTS=24000-24999",
		"TIMBRE_ACCESS_KEY_ID="+keyID, "TIMBRE_SECRET_ACCESS_KEY="+secret,
		"TIMBRE_NOTIFY_WEBHOOKS=test=http://127.0.0.1:1/#"+hookSecret) // nobody listens; a later value replaces it
}

// surroundings returns the environment of this process without settings of Timbre, which a command would take or refuse.
func surroundings() []string {
	return slices.DeleteFunc(os.Environ(), func(pair string) bool { return strings.HasPrefix(pair, "TIMBRE_") })
}

// stop interrupts the server, which must exit with status 0.
func (p *process) stop(t *testing.T) {
	t.Helper()
	must(t, p.cmd.Process.Signal(os.Interrupt))
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("server: got error %v, want none", err)
	}
}

// kill sends SIGKILL. A second call has no effect.
func (p *process) kill(t *testing.T) {
	t.Helper()
	if p.cmd.ProcessState == nil {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
	}
}
