package release

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"timbre/test/needs"
)

// machine is a folder with what Debian calls essential, and some packages more: no Go, no compiler, no systemd.
type machine struct {
	t    *testing.T
	root string
}

// newMachine makes a machine of packages that are installed here.
func newMachine(t *testing.T, packages ...string) machine {
	t.Helper()
	needs.Program(t, "dpkg-query", "dpkg-query (Debian's package dpkg)") // a machine is made of Debian packages
	needs.Root(t)
	needs.Mounts(t)
	m := machine{t, t.TempDir()}
	m.copy([]string{"/usr", "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/lib64", "/bin", "/sbin", "/lib", "/lib64"}) // links to them, where /usr is merged
	all := closure(t, append(essential(t), packages...))
	for _, p := range all {
		m.copy(strings.Split(strings.TrimSpace(output(t, "dpkg-query", "-L", p)), "\n"))
		info, err := filepath.Glob("/var/lib/dpkg/info/" + p + "[.:]*")
		if err != nil {
			t.Fatal(err)
		}
		m.copy(info)
	}
	m.copy([]string{"/var/lib/dpkg/info/format"})
	m.write("/var/lib/dpkg/status", output(t, "dpkg-query", append([]string{"-s"}, all...)...))
	for _, name := range []string{"passwd", "group"} {
		master, err := os.ReadFile("/usr/share/base-passwd/" + name + ".master")
		if err != nil {
			t.Fatal(err)
		}
		m.write("/etc/"+name, string(master))
	}
	for _, folder := range []string{"/dev", "/proc", "/tmp", "/run", "/var/lib/dpkg/updates", "/var/lib/dpkg/triggers"} {
		if err := os.MkdirAll(filepath.Join(m.root, folder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(filepath.Join(m.root, "tmp"), 0o777|os.ModeSticky); err != nil {
		t.Fatal(err)
	}
	for name, number := range map[string]int{"null": 1<<8 | 3, "urandom": 1<<8 | 9} {
		if err := syscall.Mknod(filepath.Join(m.root, "dev", name), syscall.S_IFCHR|0o666, number); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(filepath.Join(m.root, "dev", name), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	m.run("ldconfig")
	return m
}

// copy copies files of this machine, folders without what is in them.
func (m machine) copy(files []string) {
	m.t.Helper()
	files = slices.DeleteFunc(files, func(f string) bool { _, err := os.Lstat(f); return err != nil }) // left out of small images
	tar := exec.Command("sh", "-c", `tar -c -C / --no-recursion --null -T - | tar -x -C "$1" --keep-directory-symlink`, "sh", m.root)
	var list strings.Builder
	for _, f := range files {
		if f = strings.TrimLeft(f, "/"); f != "" && f != "." {
			list.WriteString(f + "\x00")
		}
	}
	tar.Stdin = strings.NewReader(list.String())
	if out, err := tar.CombinedOutput(); err != nil {
		m.t.Fatalf("tar: %v\n%s", err, out)
	}
}

func (m machine) write(file, text string) {
	m.t.Helper()
	at := filepath.Join(m.root, file)
	if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
		m.t.Fatal(err)
	}
	if err := os.WriteFile(at, []byte(text), 0o644); err != nil {
		m.t.Fatal(err)
	}
}

// bring copies a file of this machine into its folder of temporary files, and returns its path there.
func (m machine) bring(file string) string {
	m.t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		m.t.Fatal(err)
	}
	there := "/tmp/" + filepath.Base(file)
	m.write(there, string(text))
	return there
}

// command prepares a command of a user and group of the machine, which sees nothing of this one but its processes and its network.
func (m machine) command(who, line string) *exec.Cmd {
	const enter = `mount -t proc proc "$0/proc" && exec chroot --userspec="$1" "$0" /bin/sh -e -c "$2"`
	cmd := exec.Command("unshare", "--mount", "/bin/sh", "-c", enter, m.root, who, line)
	cmd.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND=noninteractive"}
	return cmd
}

// run runs a command of root on the machine, which must succeed, and returns what it prints.
func (m machine) run(line string) string {
	m.t.Helper()
	return printed(m.t, m.command("root:root", line))
}

// has says whether the machine has a file.
func (m machine) has(file string) bool {
	_, err := os.Lstat(filepath.Join(m.root, file))
	return err == nil
}

func output(t *testing.T, program string, arguments ...string) string {
	t.Helper()
	return printed(t, exec.Command(program, arguments...))
}

// printed runs a program, which must succeed, and returns what it prints.
func printed(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	var complaint bytes.Buffer
	if cmd.Stderr == nil {
		cmd.Stderr = &complaint
	}
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", strings.Join(cmd.Args, " "), err, out, complaint.Bytes())
	}
	return string(out)
}

// essential are the packages without which no Debian is.
func essential(t *testing.T) (names []string) {
	for line := range strings.Lines(output(t, "dpkg-query", "-W", "-f", "${Essential} ${Package}\n")) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "yes "); ok {
			names = append(names, name)
		}
	}
	return names
}

// alternative is one of several packages in a field of dependencies.
var alternative = regexp.MustCompile(`([a-z0-9][a-z0-9.+-]+)(?::any)?(?: \([^)]*\))?`)

// closure adds to packages those which they depend on and which are installed here.
func closure(t *testing.T, packages []string) (all []string) {
	depends := map[string]string{}
	for line := range strings.Lines(output(t, "dpkg-query", "-W", "-f", "${db:Status-Abbrev}|${Package}|${Pre-Depends}, ${Depends}\n")) {
		if field := strings.SplitN(line, "|", 3); len(field) == 3 && strings.HasPrefix(field[0], "ii") {
			depends[field[1]] = field[2]
		}
	}
	for len(packages) > 0 {
		p := packages[0]
		packages = packages[1:]
		needs, installed := depends[p]
		if !installed || slices.Contains(all, p) {
			continue
		}
		all = append(all, p)
		for _, found := range alternative.FindAllStringSubmatch(needs, -1) {
			packages = append(packages, found[1])
		}
	}
	return all
}
