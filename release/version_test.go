package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"
)

// repository makes one with a commit of the year 2026.
func repository(t *testing.T) (folder string, git func(...string)) {
	t.Helper()
	folder = t.TempDir()
	for name, value := range map[string]string{
		"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b",
		"GIT_COMMITTER_DATE": "2026-02-03T04:05:06Z", "GIT_CONFIG_GLOBAL": os.DevNull, "GIT_CONFIG_SYSTEM": os.DevNull,
	} {
		t.Setenv(name, value)
	}
	git = func(arguments ...string) {
		t.Helper()
		cmd := exec.Command("git", arguments...)
		cmd.Dir = folder
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", arguments, err, out)
		}
	}
	git("init", "-q")
	save(t, folder, "a.txt", "one")
	git("add", ".")
	git("commit", "-q", "-m", "one")
	return folder, git
}

func save(t *testing.T, folder, name, text string) {
	t.Helper()
	file := filepath.Join(folder, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestVersionIsThatOfTheTag(t *testing.T) {
	folder, git := repository(t)
	untagged := regexp.MustCompile(`^0\.0\.0-dev\.20260203040506\.g[0-9a-f]{12}$`)
	check := func(demanded, version, commit string) {
		t.Helper()
		r, err := identify(folder, demanded)
		if err != nil {
			t.Fatal(err)
		}
		if !regexp.MustCompile(version).MatchString(r.version) || !regexp.MustCompile(commit).MatchString(r.commit) {
			t.Errorf("got version %s of commit %s, want %s of %s", r.version, r.commit, version, commit)
		}
		if want := time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC); !r.time.Equal(want) {
			t.Errorf("got time %v, want %v", r.time, want)
		}
	}
	check("", untagged.String(), `^[0-9a-f]{40}$`)
	git("tag", "v1.2.3")
	check("", `^1\.2\.3$`, `^[0-9a-f]{40}$`)
	check("v2.0.0-rc.1", `^2\.0\.0-rc\.1$`, `^[0-9a-f]{40}$`)
	save(t, folder, "a.txt", "two")
	check("", untagged.String(), `^[0-9a-f]{40}\+changes$`)
}

func TestVersionOutsideARepositoryIsDemanded(t *testing.T) {
	t.Setenv("SOURCE_DATE_EPOCH", "1000000000")
	folder := t.TempDir()
	if _, err := identify(folder, ""); err == nil {
		t.Error("got no error without a version")
	}
	r, err := identify(folder, "1.2.3")
	if err != nil || r.version != "1.2.3" || r.commit != "unknown" || r.time.Unix() != 1000000000 {
		t.Errorf("got %+v, %v", r, err)
	}
}

func TestVersionIsASemanticOne(t *testing.T) {
	for _, version := range []string{"1.2", "1.2.3 -X main.a=b", "../1.2.3", "1.2.3-", "latest"} {
		if _, err := identify(t.TempDir(), version); err == nil {
			t.Errorf("got no error for the version %q", version)
		}
	}
}
