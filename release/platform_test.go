package main

import (
	"strings"
	"testing"
)

func TestPlatformsAreChosenByName(t *testing.T) {
	for list, want := range map[string]string{"linux/arm64": "linux/arm64", "linux/arm64,linux/amd64": "linux/arm64,linux/amd64"} {
		chosen, err := choose(list)
		if got := names(chosen); err != nil || got != want {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
	}
	for _, list := range []string{"", "linux", "plan9/386", "linux/amd64,"} {
		if _, err := choose(list); err == nil || !strings.Contains(err.Error(), "linux/amd64") {
			t.Errorf("%q: got %v, want an error that names the platforms", list, err)
		}
	}
}
