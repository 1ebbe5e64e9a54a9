package config_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"timbre/config"
)

var update = flag.Bool("update", false, "write docs/settings.md")

// docs/settings.md is generated. After a change of a setting:
//
//	go test ./config -run SettingsPage -update
func TestSettingsPageIsCurrent(t *testing.T) {
	const path = "../docs/settings.md"
	want := config.Page()
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("%s is out of date (%v). Run: go test ./config -run SettingsPage -update", path, err)
	}
	for _, key := range config.Keys() {
		if !strings.Contains(want, "| `"+key+"` |") {
			t.Errorf("the page lacks %s", key)
		}
	}
}

func TestUnknownVariablesAreRefused(t *testing.T) {
	clean(t)
	t.Setenv("TIMBRE_API_LISEN", "127.0.0.1:1")
	_, _, err := run("serve")
	if err == nil || !strings.Contains(err.Error(), "TIMBRE_API_LISEN; the nearest is TIMBRE_API_LISTEN") || strings.Contains(err.Error(), "\n") {
		t.Errorf("got error %v, want the nearest variable named", err)
	}
}

func TestUnrelatedVariablesAreIgnored(t *testing.T) {
	for _, name := range []string{"TIMBREL_API_LISTEN", "TIMBRE_SERVICE_HOST", "TIMBRE_SERVICE_PORT_API", "TIMBRE_PORT", "TIMBRE_PORT_8080_TCP_ADDR"} {
		t.Run(name, func(t *testing.T) {
			clean(t)
			t.Setenv(name, "10.0.0.1")
			if _, _, err := run("serve"); err != nil {
				t.Errorf("got error %v, want none", err)
			}
		})
	}
}
