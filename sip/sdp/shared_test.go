package sdp

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Session descriptions that other people's systems sent, which are not part of this repository: two in a file, as the legs
// of one call.
func TestOutsideOffersAreAnswered(t *testing.T) {
	dir := ""
	for _, d := range []string{os.Getenv("TIMBRE_SHARED"), "../../../shared"} {
		d = filepath.Join(d, "vectors", "siprec")
		if _, err := os.Stat(filepath.Join(d, "README.md")); err == nil {
			dir = d
			break
		}
	}
	if dir == "" {
		t.Skip("the outside vectors are not here: set TIMBRE_SHARED")
	}
	for file, want := range map[string]string{ // codec, where it is sent from, direction, label; the answered formats and direction
		"sample-sdp2.txt": "8 127.0.0.1:35003 sendonly 1, answered 8 101 recvonly; 0 172.16.169.132:48926 sendonly 2, answered 0 recvonly",
		"sample-sdp3.txt": "8 167.99.54.110:22820 sendrecv , answered 8 101 recvonly; 8 167.99.54.110:19640 recvonly , answered 8 101 inactive",
		"sample-sdps.txt": "0 172.16.169.132:48932 sendonly 1, answered 0 recvonly; 0 172.16.169.132:48926 sendonly 2, answered 0 recvonly",
	} {
		raw, err := os.ReadFile(filepath.Join(dir, "drachtio-mit", file))
		if err != nil {
			t.Error(err)
			continue
		}
		var got []string
		for _, sdp := range strings.Split(string(raw), "__split_here__") {
			got = append(got, answered(t, strings.TrimLeft(sdp, "\n")))
		}
		if got := strings.Join(got, "; "); got != want {
			t.Errorf("%s: got %s, want %s", file, got, want)
		}
	}
}

// answered is what an offer of one line asks for, and what it gets.
func answered(t *testing.T, sdp string) string {
	o := read1(t, sdp)
	lines := o.Acceptable(3)
	if len(o.Lines) != 1 || len(lines) != 1 {
		return fmt.Sprintf("%d lines, rejected: %s", len(o.Lines), o.Lines[0].Rejection)
	}
	text, err := NewAnswerer(netip.MustParseAddr("192.0.2.200")).Answer(o, map[int]int{0: 20000})
	if err != nil {
		return err.Error()
	}
	a := read1(t, string(text)).Lines[0]
	if a.Label != lines[0].Label || a.Remote.String() != "192.0.2.200:20000" {
		t.Errorf("got an answer at %s, label %q", a.Remote, a.Label)
	}
	return fmt.Sprintf("%d %s %s %s, answered %s %s", lines[0].AudioType, lines[0].Remote, lines[0].Direction, lines[0].Label,
		strings.Join(a.desc.MediaName.Formats, " "), a.Direction)
}
