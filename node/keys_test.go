package node

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// rewrite puts a text in the place of the file of credentials.
func rewrite(t *testing.T, n *Node, text string, mode os.FileMode) {
	t.Helper()
	path := filepath.Join(n.settings.Data, "credentials")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func known(n *Node, id string) bool {
	_, ok := n.keys.Key(id)
	return ok
}

func TestKeyThatLeavesTheFileIsRefusedAtOnce(t *testing.T) {
	n, log := reloadable(t)
	if !known(n, "AKIDFILE") {
		t.Fatal("got the key of the file refused")
	}
	rewrite(t, n, strings.ReplaceAll(profile, "AKIDFILE", "AKIDELSE"), 0o600) // of the same size, within a tick of the clock
	if known(n, "AKIDFILE") || !known(n, "AKIDELSE") {
		t.Error("got the key before, want the one after")
	}
	if !strings.Contains(log.String(), "access keys have changed") {
		t.Errorf("got the log %s", log)
	}
	if err := os.Remove(filepath.Join(n.settings.Data, "credentials")); err != nil {
		t.Fatal(err)
	}
	if known(n, "AKIDELSE") {
		t.Error("got a key of a file that is gone")
	}
}

func TestFileOfKeysFromTheFutureIsReadOnce(t *testing.T) {
	n, _ := reloadable(t)
	later := time.Now().Add(time.Hour)
	if err := os.Chtimes(filepath.Join(n.settings.Data, "credentials"), later, later); err != nil {
		t.Fatal(err)
	}
	if !known(n, "AKIDFILE") || n.keys.version == "" {
		t.Error("got a file that is read for each request, want it remembered")
	}
}

func TestUnreadableFileOfKeysLeavesThoseBefore(t *testing.T) {
	n, log := reloadable(t)
	for name, c := range map[string]struct {
		text string
		mode os.FileMode
		says string
	}{
		"a part":     {"[default]\naws_access_key_id = AKIDFILE\n", 0o600, "no valid aws_access_key_id"},
		"for others": {strings.ReplaceAll(profile, "AKIDFILE", "AKIDELSE"), 0o644, "accessible to others"},
	} {
		t.Run(name, func(t *testing.T) {
			log.Reset()
			rewrite(t, n, c.text, c.mode)
			for range 3 {
				if !known(n, "AKIDFILE") || known(n, "AKIDELSE") {
					t.Error("got other keys, want those before")
				}
			}
			if strings.Count(log.String(), c.says) != 1 {
				t.Errorf("got the log %s, want one line that says %q", log, c.says)
			}
			rewrite(t, n, profile, 0o600)
			if !known(n, "AKIDFILE") {
				t.Error("got the key refused after the repair")
			}
		})
	}
}

func TestFileOfKeysIsReadOnlyWhenItChanges(t *testing.T) {
	n, _ := reloadable(t)
	old := time.Now().Add(-time.Hour)
	path := filepath.Join(n.settings.Data, "credentials")
	if err := os.Chtimes(path, old, old); err != nil {
		t.Fatal(err)
	}
	known(n, "AKIDFILE")
	before := n.keys.version
	if known(n, "AKIDFILE"); before == "" || n.keys.version != before {
		t.Errorf("got version %q after %q, want it kept", n.keys.version, before)
	}
}
