package trial

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"timbre/bench/server"
)

// beside waits, and finds events that have waited for healthy targets for more than five seconds.
func beside(ctx context.Context, t *trial, _ *server.Process) error {
	for range 20 {
		wait(ctx, time.Second)
		waits, err := texts(ctx, t.database(), fmt.Sprintf(
			"SELECT target || ' ' || id || ' ' || payload FROM outbox WHERE (target LIKE '%%:steady' OR target LIKE '%%:lines') AND created < %d",
			time.Now().Add(-5*time.Second).UnixNano()))
		if err != nil {
			return err
		}
		if len(waits) > 0 {
			t.fault("%d events wait for healthy targets beside others that hang, such as %s", len(waits), waits[0])
		}
	}
	return nil
}

// fillDisk leaves nothing free on the disk of the data for a while.
func fillDisk(ctx context.Context, t *trial, _ *server.Process) error {
	path := filepath.Join(t.folder, "ballast")
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	block := make([]byte, 4096)
	for err == nil {
		_, err = f.Write(block)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		return err
	}
	for range 20 { // what the server frees is taken as well
		wait(ctx, time.Second)
		_, _ = io.CopyN(f, zeros{}, 1<<26)
	}
	return errors.Join(f.Close(), os.Remove(path))
}

// zeros is an endless source of nothing.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// jumpClock sets the clock of a server that moves it at SIGUSR1: forward by hours, back by more, and to what it was.
func jumpClock(ctx context.Context, _ *trial, s *server.Process) error {
	for range 3 {
		if err := syscall.Kill(s.PID(), syscall.SIGUSR1); err != nil {
			return err
		}
		wait(ctx, 8*time.Second)
	}
	return nil
}

// exhaustDescriptors lets a server open nothing more for a while.
func exhaustDescriptors(ctx context.Context, _ *trial, s *server.Process) error {
	open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", s.PID()))
	if err != nil {
		return err
	}
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &before); err != nil {
		return err
	}
	if err := limit(ctx, s, strconv.Itoa(len(open))); err != nil {
		return err
	}
	wait(ctx, 20*time.Second)
	return limit(ctx, s, strconv.FormatUint(before.Max, 10))
}

// limit sets how many descriptors a server may have open.
func limit(ctx context.Context, s *server.Process, n string) error {
	text, err := exec.CommandContext(ctx, "prlimit", "--pid", strconv.Itoa(s.PID()), "--nofile="+n+":").CombinedOutput()
	if err != nil {
		return fmt.Errorf("prlimit: %w: %s", err, text)
	}
	return nil
}

// pause stops the process for a while, as a virtual machine is stopped that moves.
func pause(ctx context.Context, _ *trial, s *server.Process) error {
	if err := syscall.Kill(s.PID(), syscall.SIGSTOP); err != nil {
		return err
	}
	wait(ctx, 30*time.Second)
	return syscall.Kill(s.PID(), syscall.SIGCONT)
}
