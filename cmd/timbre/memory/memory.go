// Package memory keeps the Go heap within what the control group of the process may use, so that the garbage collector works harder
// before the kernel kills the process.
package memory

import (
	"io/fs"
	"log/slog"
	"math"
	"path"
	"strconv"
	"strings"
)

const (
	// outside is what a busy server needs beside the memory that Go counts: ONNX Runtime, its tensors, and the weights in the binary.
	outside = 256 << 20
	// unlimited is less than what version 1 of control groups writes where there is no limit. Version 2 writes "max".
	unlimited = 1 << 60
)

// Bound sets the limit of Go by that of the control group, unless GOMEMLIMIT has set one, and says so in the log. root is the root of the
// file system, set is debug.SetMemoryLimit.
func Bound(log *slog.Logger, getenv func(string) string, root fs.FS, set func(int64) int64) {
	if getenv("GOMEMLIMIT") != "" {
		return
	}
	if group, limited := GroupLimit(root); limited {
		set(GoLimit(group))
		log.Info("memory of Go is limited", "limit_bytes", GoLimit(group), "control_group_bytes", group)
	}
}

// GoLimit is what Go may use of what the control group may: a tenth less, and without what lies outside, but at least half.
func GoLimit(group int64) int64 { return max(group/2, (group-outside)/10*9) }

// GroupLimit is the memory in bytes that the control group of the process and those above it allow; false: there is no limit.
func GroupLimit(root fs.FS) (int64, bool) {
	groups, _ := fs.ReadFile(root, "proc/self/cgroup")
	least := int64(math.MaxInt64)
	for line := range strings.Lines(string(groups)) {
		// ID:CONTROLLERS:PATH; version 2 has no list of controllers
		fields := strings.SplitN(strings.TrimSpace(line), ":", 3)
		switch {
		case len(fields) < 3:
		case fields[0] == "0" && fields[1] == "":
			least = min(least, leastAbove(root, "sys/fs/cgroup", fields[2], "memory.max"))
		case fields[1] == "memory":
			least = min(least, leastAbove(root, "sys/fs/cgroup/memory", fields[2], "memory.limit_in_bytes"))
		}
	}
	return least, least < math.MaxInt64
}

// leastAbove is the least limit from a group up to the root of its hierarchy. In a container the root is its own group, and the path may be
// one that only the host has.
func leastAbove(root fs.FS, hierarchy, group, file string) int64 {
	least := int64(math.MaxInt64)
	for at := path.Join("/", group); ; at = path.Dir(at) {
		text, _ := fs.ReadFile(root, path.Join(hierarchy, at, file))
		if n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && n > 0 && n < unlimited {
			least = min(least, n)
		}
		if at == "/" {
			return least
		}
	}
}
