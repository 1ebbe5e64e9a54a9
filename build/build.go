// Package build says what program is running: its version, the commit it was built from and the Go release. It comes from what the Go
// tool writes into the binary, so nothing has to be set when building, but what a release sets counts first.
package build

import (
	"cmp"
	"runtime/debug"
)

// What a release sets by the linker's flag -X: its sources need not be in a repository, nor in one that has not changed.
var version, commit string

// Info describes a program. Fields that the binary does not hold are "unknown".
type Info struct {
	Version string `json:"version"` // of the module: a release, or one that is made of the commit and its time
	Commit  string `json:"commit"`  // with "+changes" if files had been changed
	Go      string `json:"go"`
}

// Read returns what is known of the running program.
func Read() Info {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{GoVersion: unknown}
	}
	i := of(info)
	i.Version, i.Commit = cmp.Or(version, i.Version), cmp.Or(commit, i.Commit)
	return i
}

const unknown = "unknown"

func of(info *debug.BuildInfo) Info {
	i := Info{Version: info.Main.Version, Commit: unknown, Go: info.GoVersion}
	changed := false
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			i.Commit = s.Value
		case "vcs.modified":
			changed = s.Value == "true"
		}
	}
	if i.Version == "" || i.Version == "(devel)" {
		i.Version = unknown
	}
	if changed {
		i.Commit += "+changes"
	}
	return i
}
