package release

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"gopkg.in/ini.v1"

	"timbre/test/needs"
)

// confine returns the beginning of a command line that runs a program on the machine with the filters of a unit, as no service manager runs there:
// SystemCallFilter, RestrictAddressFamilies and MemoryDenyWriteExecute.
func (m machine) confine(service *ini.Section) string {
	m.t.Helper()
	needs.Program(m.t, "systemd-analyze", "systemd-analyze, which says what groups of system calls are (Debian's package systemd)")
	if service.Key("MemoryDenyWriteExecute").String() != "yes" || service.Key("SystemCallErrorNumber").String() != "EPERM" {
		m.t.Error("the unit no longer refuses what the tests refuse")
	}
	build := exec.CommandContext(m.t.Context(), "go", "build", "-o", filepath.Join(m.root, "tmp", "confine"), "timbre/test/release/confine")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	printed(m.t, build)

	numbers := callNumbers(m.t)
	var calls, families []string
	for name := range filtered(m.t, service.Key("SystemCallFilter").ValueWithShadows()) {
		if n, here := numbers[name]; here {
			calls = append(calls, n)
		}
	}
	known := map[string]int{"AF_INET": syscall.AF_INET, "AF_INET6": syscall.AF_INET6, "AF_UNIX": syscall.AF_UNIX, "AF_NETLINK": syscall.AF_NETLINK}
	for _, name := range strings.Fields(service.Key("RestrictAddressFamilies").String()) {
		n, ok := known[name]
		if !ok {
			m.t.Errorf("the unit has the family %s, which the tests do not know", name)
		}
		families = append(families, strconv.Itoa(n))
	}
	return fmt.Sprintf("/tmp/confine %s %s ", strings.Join(calls, ","), strings.Join(families, ","))
}

// refuses checks that a user of the machine cannot do what the filters refuse, and does the rest.
func (m machine) refuses(who, confined string) {
	m.t.Helper()
	numbers := callNumbers(m.t)
	for name, c := range map[string]struct {
		perl string
		want syscall.Errno
	}{
		"a system call":             {"syscall(" + numbers["sched_setaffinity"] + `, 0, 8, my $all = "\xff" x 8) != -1`, syscall.EPERM},
		"memory to write and run":   {"syscall(" + numbers["mmap"] + ", 0, 4096, 6, 0x22, 0xffffffff, 0) != -1", syscall.EPERM},
		"memory that becomes code":  {"syscall(" + numbers["mprotect"] + ", 0, 0, 4) != -1", syscall.EPERM},
		"memory that stays data":    {"syscall(" + numbers["mprotect"] + ", 0, 0, 2) != -1", 0},
		"a family of addresses":     {"socket(my $s, 17, 3, 0)", syscall.EAFNOSUPPORT},
		"a family that it may have": {"socket(my $s, 1, 1, 0)", 0},
	} {
		line := "/usr/bin/perl -e 'print " + c.perl + " ? 0 : $! + 0'"
		if got := printed(m.t, m.command(who, confined+line)); got != strconv.Itoa(int(c.want)) {
			m.t.Errorf("%s: got error %s under the filters, want %d", name, got, c.want)
		}
	}
}

// filtered are the system calls that lines of SystemCallFilter leave, the first of which says what is allowed.
func filtered(t *testing.T, lines []string) map[string]bool {
	t.Helper()
	left := map[string]bool{}
	for _, line := range append([]string{"@default"}, lines...) {
		names, refused := strings.CutPrefix(line, "~")
		for _, name := range strings.Fields(names) {
			for _, call := range group(t, name) {
				left[call] = !refused
			}
		}
	}
	for call, allowed := range left {
		if !allowed {
			delete(left, call)
		}
	}
	return left
}

// group are the system calls of a group and of those within it, or one by its own name.
func group(t *testing.T, name string) (calls []string) {
	t.Helper()
	if !strings.HasPrefix(name, "@") {
		return []string{name}
	}
	for line := range strings.Lines(output(t, "systemd-analyze", "syscall-filter", name)) {
		if line = strings.TrimSpace(line); line != "" && line != name && !strings.HasPrefix(line, "#") {
			calls = append(calls, group(t, line)...)
		}
	}
	return calls
}

// callNumbers are the numbers of system calls of this architecture.
func callNumbers(t *testing.T) map[string]string {
	t.Helper()
	module := strings.TrimSpace(output(t, "go", "list", "-m", "-f", "{{.Dir}}", "golang.org/x/sys"))
	text, err := os.ReadFile(filepath.Join(module, "unix", "zsysnum_linux_"+runtime.GOARCH+".go"))
	if err != nil {
		t.Fatal(err)
	}
	numbers := map[string]string{}
	for _, m := range regexp.MustCompile(`SYS_(\w+)\s*=\s*(\d+)`).FindAllStringSubmatch(string(text), -1) {
		numbers[strings.ToLower(m[1])] = m[2]
	}
	return numbers
}
