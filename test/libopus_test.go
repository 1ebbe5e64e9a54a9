package test

import (
	"os/exec"
	"testing"

	"timbre/test/needs"
)

// The codec's own tests, with libopus beside the decoder that is written in Go: both must make the same of any stream.
func TestOpusMatchesLibopus(t *testing.T) {
	const libopus = "libopus (Debian's package libopus-dev)"
	needs.Program(t, "/usr/include/opus/opus.h", libopus)
	needs.Program(t, "pkg-config", "pkg-config")
	needs.Program(t, "cc", "a C compiler")
	out, err := exec.CommandContext(t.Context(), "go", "test", "-tags", "libopus,nolibopusfile", "../rtp/codec").CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
