// Package server is the server that a bench measures: the built binary as a process of its own, in a folder that goes with
// it, and what calls need to be set up on it. It measures nothing but what the process takes; the load is the bench's.
package server

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// The access key of the server.
const (
	KeyID  = "AKIDBENCH"
	Secret = "a secret access key for the bench"
)

// Process is a running server.
type Process struct {
	API, SIP, Admin string        // where it listens
	Took            time.Duration // from its start until it said that it is ready

	cmd    *exec.Cmd
	folder string
	ours   bool // the folder goes with the server
}

// Config says what is started.
type Config struct {
	Binary  string
	Env     []string                  // settings besides those that a bench needs
	Folder  string                    // of its data, which stays; empty: a new one that goes with the server
	Prepare func(folder string) error // puts something into the data folder; may be nil
	Log     *os.File                  // where the server's log goes
}

// Start starts a server, and returns when it is ready. The server is killed when ctx ends.
func Start(ctx context.Context, cfg Config) (*Process, error) {
	s := &Process{cmd: exec.CommandContext(ctx, cfg.Binary, "serve"), folder: cfg.Folder}
	if s.folder == "" {
		var err error
		if s.folder, err = os.MkdirTemp("", "timbre-bench-"); err != nil {
			return nil, err
		}
		s.ours = true
	}
	if cfg.Prepare != nil {
		if err := cfg.Prepare(s.folder); err != nil {
			return nil, errors.Join(err, s.clean())
		}
	}
	others := slices.DeleteFunc(os.Environ(), func(pair string) bool { return strings.HasPrefix(pair, "TIMBRE_") })
	s.cmd.Env = append(others, "TIMBRE_DATA="+s.folder, "TIMBRE_API_LISTEN=127.0.0.1:0", "TIMBRE_ADMIN_LISTEN=127.0.0.1:0",
		"TIMBRE_SIP_LISTEN=udp://127.0.0.1:0", "TIMBRE_ACCESS_KEY_ID="+KeyID, "TIMBRE_SECRET_ACCESS_KEY="+Secret)
	s.cmd.Env = append(s.cmd.Env, cfg.Env...)
	s.cmd.Stderr = cfg.Log
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		name, where, _ := strings.Cut(lines.Text(), " ")
		switch name {
		case "api":
			s.API = strings.TrimSpace(where)
		case "admin":
			s.Admin = strings.TrimSpace(where)
		case "sip":
			s.SIP = strings.TrimSpace(where)
		case "ready":
			s.Took = time.Since(began)
			return s, nil
		}
	}
	return nil, errors.Join(fmt.Errorf("the server did not get ready: %w", s.cmd.Wait()), s.clean())
}

// clean takes the folder away if it goes with the server.
func (s *Process) clean() error {
	if !s.ours {
		return nil
	}
	return os.RemoveAll(s.folder)
}

// PID is the process id of the server.
func (s *Process) PID() int { return s.cmd.Process.Pid }

// Kill ends the server at once, as a crash does. Its folder stays.
func (s *Process) Kill() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
}

// Signal sends a signal that ends the server, and returns what tells how it has exited.
func (s *Process) Signal(sig os.Signal) (exited <-chan error, err error) {
	if err := s.cmd.Process.Signal(sig); err != nil {
		return nil, err
	}
	done := make(chan error, 1)
	go func() { done <- s.cmd.Wait() }()
	return done, nil
}

// Stop ends the server, and takes its folder away if it goes with it.
func (s *Process) Stop() {
	_ = s.cmd.Process.Signal(os.Interrupt)
	_ = s.cmd.Wait()
	_ = s.clean()
}

// CPU is the processor time that the server has taken.
func (s *Process) CPU() time.Duration { return CPU(s.PID()) }

// WaitIdle waits until the server takes almost no processor time.
func (s *Process) WaitIdle() {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for was := s.CPU(); ; {
		<-tick.C
		now := s.CPU()
		if now-was <= 10*time.Millisecond {
			return
		}
		was = now
	}
}

// Memory is a field of proc_pid_status(5), in MB: VmRSS now, VmHWM at most.
func (s *Process) Memory(field string) float64 { return Memory(s.PID(), field) }
