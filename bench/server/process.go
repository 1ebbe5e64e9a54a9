package server

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// CPU is the processor time that a process has taken, by its clock of that (clock_getcpuclockid(3)); 0 once it has ended.
func CPU(pid int) time.Duration {
	const scheduled = 2 // the time of all threads, as the scheduler knows it
	var t unix.Timespec
	if err := unix.ClockGettime(int32(^pid<<3|scheduled), &t); err != nil {
		return 0
	}
	return time.Duration(t.Nano())
}

// Memory is a field of proc_pid_status(5), in MB: VmRSS now, VmHWM at most.
func Memory(pid int, field string) float64 {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	_, rest, _ := strings.Cut(string(status), field+":")
	rest = strings.TrimSpace(rest)
	n, _, _ := strings.Cut(rest, " ")
	kb, _ := strconv.Atoi(n)
	return float64(kb) / 1024
}
