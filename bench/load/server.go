package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

const (
	keyID, secret = "AKIDBENCH", "a secret access key for the bench"
	hookSecret    = "a secret for the bench's webhook"
)

// server is the binary as a process of its own, in a folder that goes with it.
type server struct {
	cmd    *exec.Cmd
	folder string
	at     map[string]string // api, admin, sip
	start  time.Duration
}

func serve(ctx context.Context, binary, hook string) (*server, error) {
	folder, err := os.MkdirTemp("", "timbre-load-")
	if err != nil {
		return nil, err
	}
	s := &server{cmd: exec.CommandContext(ctx, binary, "serve"), folder: folder, at: map[string]string{}}
	s.cmd.Env = append(os.Environ(), "TIMBRE_DATA="+folder, "TIMBRE_API_LISTEN=127.0.0.1:0", "TIMBRE_ADMIN_LISTEN=127.0.0.1:0",
		"TIMBRE_SIP_LISTEN=udp://127.0.0.1:0", "TIMBRE_LOG_LEVEL=warn", "TIMBRE_ACCESS_KEY_ID="+keyID, "TIMBRE_SECRET_ACCESS_KEY="+secret,
		"TIMBRE_NOTIFY_WEBHOOKS=load="+hook+"#"+hookSecret)
	s.cmd.Stderr = os.Stderr
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
		s.at[name] = strings.TrimSpace(where)
		if name == "ready" {
			s.start = time.Since(began)
			return s, nil
		}
	}
	return nil, fmt.Errorf("the server did not get ready: %w", s.cmd.Wait())
}

func (s *server) stop() {
	_ = s.cmd.Process.Signal(os.Interrupt)
	_ = s.cmd.Wait()
	_ = os.RemoveAll(s.folder)
}

// cpu is the processor time that the server has taken: utime and stime of proc_pid_stat(5), in ticks of 10 ms.
func (s *server) cpu() time.Duration {
	stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}

// memory is a field of proc_pid_status(5), in MB: VmRSS now, VmHWM at most.
func (s *server) memory(field string) float64 {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	_, rest, _ := strings.Cut(string(status), field+":")
	rest = strings.TrimSpace(rest)
	n, _, _ := strings.Cut(rest, " ")
	kb, _ := strconv.Atoi(n)
	return float64(kb) / 1024
}
