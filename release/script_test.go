package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// What an operator has set may be more than the server asks for.
func TestInstallationOnlyRaisesSocketBuffers(t *testing.T) {
	const ours = "4194304"
	for name, c := range map[string]struct{ before, after string }{
		"the kernel's own": {"212992\n", ours + "\n"},
		"the same":         {ours + "\n", ours + "\n"},
		"an operator's":    {"16777216\n", "16777216\n"},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			settings, err := os.ReadFile("sysctl.conf")
			if err != nil {
				t.Fatal(err)
			}
			save(t, root, "usr/lib/sysctl.d/10-timbre.conf", string(settings))
			save(t, root, "proc/sys/net/core/rmem_max", c.before)
			save(t, root, "run/systemd/system/booted", "")
			if err := os.Symlink("/bin/true", filepath.Join(root, "systemctl")); err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), "sh", "script/installed.sh", "configure")
			cmd.Env = append(os.Environ(), "DPKG_ROOT="+root, "PATH="+root+":"+os.Getenv("PATH"))
			if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
				t.Fatalf("got %v, %q, want no words", err, out)
			}
			got, err := os.ReadFile(filepath.Join(root, "proc/sys/net/core/rmem_max"))
			if err != nil || string(got) != c.after {
				t.Errorf("got %q, %v after %q, want %q", got, err, c.before, c.after)
			}
		})
	}
}
