package main

import (
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"timbre/config"
	"timbre/door"
	"timbre/rtp"
	"timbre/test/needs"
)

const unit = "../../release/timbre.service"

// number is the number that follows a name in a file.
func number(t *testing.T, file, name string) int {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(name) + ` *= *(\d+)$`).FindSubmatch(text)
	if m == nil {
		t.Fatalf("%s has no %s", file, name)
	}
	n, err := strconv.Atoi(string(m[1]))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestUnitHasDescriptorsForAllPorts(t *testing.T) {
	limit := number(t, unit, "LimitNOFILE")
	streams := (limit - limit/int(door.ForLive)) / rtp.PerStream
	for name, ports := range map[string]config.Ports{"the default": config.Defaults().RTP.Ports, "every port": {First: 1024, Last: 65535}} {
		if pairs := (int(ports.Last) - int(ports.First) + 1) / 2; streams < pairs {
			t.Errorf("%s: got descriptors for %d streams, want %d", name, streams, pairs)
		}
	}
}

func TestSocketBuffersAreAllowed(t *testing.T) {
	const ofSIP = 4 << 20 // docs/network.md
	if got := number(t, "../../release/sysctl.conf", "net.core.rmem_max"); got < ofSIP {
		t.Errorf("got %d bytes, want at least %d", got, ofSIP)
	}
}

// The exposure is what systemd thinks of the unit: 0 is best, 10 worst.
func TestUnitIsHardened(t *testing.T) {
	needs.Program(t, "systemd-analyze", "systemd-analyze (Debian's package systemd)")
	out, err := exec.Command("systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", unit).CombinedOutput()
	if err != nil {
		t.Errorf("got %v, want an exposure of at most 2.0:\n%s", err, out)
	}
	if !strings.Contains(string(out), "Overall exposure level") {
		t.Errorf("got\n%s\nwant an assessment", out)
	}
	if out, err := exec.Command("systemd-analyze", "verify", "--man=no", unit).CombinedOutput(); strings.Contains(string(out), "Unknown") {
		t.Errorf("got %v of the unit's directives:\n%s", err, out)
	}
}
