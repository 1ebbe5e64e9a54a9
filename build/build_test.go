package build

import (
	"runtime/debug"
	"testing"
)

func TestInfoOfABinary(t *testing.T) {
	for name, c := range map[string]struct {
		in   debug.BuildInfo
		want Info
	}{
		"release": {
			debug.BuildInfo{GoVersion: "go1.26", Main: debug.Module{Version: "v1.2.3"}, Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: "abc"}}},
			Info{"v1.2.3", "abc", "go1.26"},
		},
		"changed files": {
			debug.BuildInfo{GoVersion: "go1.26", Main: debug.Module{Version: "v1.2.3"}, Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.modified", Value: "true"}}},
			Info{"v1.2.3", "abc+changes", "go1.26"},
		},
		"without a repository": {debug.BuildInfo{GoVersion: "go1.26", Main: debug.Module{Version: "(devel)"}}, Info{unknown, unknown, "go1.26"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := of(&c.in); got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}
