package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// release is what is made of the sources.
type release struct {
	source  string    // folder of the sources
	out     string    // folder of what is made
	module  string    // path of the Go module
	version string    // a semantic version, without v
	commit  string    // "unknown" outside a repository; with "+changes" if files differ from it
	time    time.Time // of the commit: what is made bears no later one
}

// semantic is the form of versions, as semver.org has it, but for numbers with leading zeros.
var semantic = regexp.MustCompile(`^\d+\.\d+\.\d+(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$`)

// identify says what a release of the sources in a folder is called: as demanded, or as its commit is tagged, or 0.0.0-dev.TIME.gCOMMIT. Sources
// outside a repository need a version, and take their time from SOURCE_DATE_EPOCH.
func identify(folder, version string) (release, error) {
	r := release{module: "timbre", commit: "unknown", version: strings.TrimPrefix(version, "v")}
	if version != "" && !semantic.MatchString(r.version) {
		return r, fmt.Errorf("version %q: want one as 1.2.3 or 1.2.3-rc.1", version)
	}
	var err error
	if r.source, err = filepath.Abs(folder); err != nil {
		return r, err
	}
	head, err := r.git("log", "-1", "--format=%H %ct")
	if err != nil {
		if version == "" {
			return r, errors.New("no version: the sources are not in a git repository, which would say it")
		}
		seconds, _ := strconv.ParseInt(os.Getenv("SOURCE_DATE_EPOCH"), 10, 64)
		r.time = time.Unix(seconds, 0).UTC()
		return r, nil
	}
	commit, at, _ := strings.Cut(head, " ")
	seconds, err := strconv.ParseInt(at, 10, 64)
	if err != nil {
		return r, err
	}
	r.commit, r.time = commit, time.Unix(seconds, 0).UTC()
	changes, err := r.git("status", "--porcelain")
	if err != nil {
		return r, err
	}
	if changes != "" {
		r.commit += "+changes"
	}
	if r.version == "" {
		r.version = r.tag(commit, changes != "")
	}
	return r, nil
}

// tag is the version that a commit's tag says, if files are as they are there, or one that comes before every release.
func (r release) tag(commit string, changed bool) string {
	tag, err := r.git("describe", "--tags", "--exact-match", "--match", "v[0-9]*")
	if err != nil || changed {
		return "0.0.0-dev." + r.time.Format("20060102150405") + ".g" + commit[:12]
	}
	return strings.TrimPrefix(tag, "v")
}

// git returns what git says of the sources.
func (r release) git(arguments ...string) (string, error) {
	out, err := r.run(nil, "git", arguments...)
	return strings.TrimSpace(string(out)), err
}
