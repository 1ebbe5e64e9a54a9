package main

import (
	"os"
	"os/exec"
	"testing"

	"golang.org/x/sys/unix"
)

func TestMemoryIsWithheld(t *testing.T) {
	if os.Getenv("TIMBRE_TEST_WITHHOLD") == "" { // it holds for a process until its end
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
		child.Env = append(os.Environ(), "TIMBRE_TEST_WITHHOLD=1")
		if out, err := child.CombinedOutput(); err != nil {
			t.Errorf("got %v:\n%s", err, out)
		}
		return
	}
	if err := withhold(); err != nil {
		t.Fatal(err)
	}
	var core unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_CORE, &core); err != nil || core != (unix.Rlimit{}) {
		t.Errorf("got limits of core files %+v and error %v, want 0", core, err)
	}
	if dumpable, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0); err != nil || dumpable != 0 {
		t.Errorf("got dumpable %d and error %v, want 0", dumpable, err)
	}
}
