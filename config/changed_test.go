package config

import (
	"slices"
	"testing"
)

func TestChangedSettingsAreListedWithTheirSecrets(t *testing.T) {
	a := Defaults()
	a.Trunk.Credentials = []Gateway{{"pbx", "timbre", "old"}}
	b := a
	if got := a.Changed(b); len(got) != 0 {
		t.Errorf("got %v changed, want nothing", got)
	}
	b.File, b.Numbers = "other.yaml", []string{}
	b.Trunk.Credentials = []Gateway{{"pbx", "timbre", "new"}}
	b.API.Listen, b.Limits = ":1", map[string]int{"cps": 1}
	if got, want := a.Changed(b), []string{"api.listen", "trunk.credentials", "limits"}; !slices.Equal(got, want) {
		t.Errorf("got %v changed, want %v", got, want)
	}
}
