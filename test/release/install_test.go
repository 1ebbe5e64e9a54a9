package release

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gopkg.in/ini.v1"

	"timbre/cmd/timbre/demo"
	"timbre/cmd/timbre/terminal"
	"timbre/notify/webhook"
	"timbre/test/needs"
	"timbre/test/server"
)

// From a package to the first call whose caller is named: two commands.
func TestFirstNameFromATarball(t *testing.T) {
	t.Parallel() // it waits more than it works
	m := newMachine(t, "libstdc++6")
	archive := m.bring(given(t).file(".tar.gz"))
	began := time.Now()
	m.run("cd /tmp && tar -xzf " + archive)
	program := strings.TrimSuffix(archive, ".tar.gz") + "/timbre"
	m.namesCallers(program)
	t.Logf("from the tarball to names: 2 commands, %.1f s", time.Since(began).Seconds())
	m.isOurs(program)
}

func TestFirstNameFromADebianPackage(t *testing.T) {
	t.Parallel()
	m := newMachine(t, "libstdc++6", "passwd")
	file := m.bring(given(t).file(".deb"))
	began := time.Now()
	m.run("dpkg --install " + file)
	m.namesCallers("timbre")
	t.Logf("from the Debian package to names: 2 commands, %.1f s", time.Since(began).Seconds())
	m.isOurs("timbre")
	m.installed()
	m.serves()

	m.run("echo 'region: eu-west-1' >>/etc/timbre/timbre.yaml && dpkg --install " + file)
	if text := m.run("cat /etc/timbre/timbre.yaml"); !strings.HasSuffix(text, "region: eu-west-1\n") {
		t.Error("an upgrade changed the settings, want them kept")
	}
	m.run("dpkg --remove timbre")
	if m.has("/usr/bin/timbre") || !m.has("/etc/timbre/timbre.yaml") || !m.has("/var/lib/timbre/timbre.db") {
		t.Error("a removal left the program, or took settings or data")
	}
	m.run("dpkg --purge timbre")
	if m.has("/etc/timbre/timbre.yaml") || !m.has("/var/lib/timbre/timbre.db") {
		t.Error("a purge left the settings, or took data")
	}
	m.run("dpkg --install " + file + " && TIMBRE_PURGE=data dpkg --purge timbre")
	if m.has("/var/lib/timbre") {
		t.Error("a purge of the data left it")
	}
}

func TestFirstNameFromAnRPM(t *testing.T) {
	t.Parallel()
	needs.Program(t, "rpm", "rpm (Debian's package rpm)")
	m := newMachine(t, "libstdc++6", "passwd")
	began := time.Now()
	m.rpm("--install", given(t).file(".rpm"))
	m.namesCallers("timbre")
	t.Logf("from the RPM to names: 2 commands, %.1f s", time.Since(began).Seconds())
	m.isOurs("timbre")
	m.installed()
	m.run("install -d /var/lib/timbre")
	m.rpm("--erase", "timbre")
	if m.has("/usr/bin/timbre") || !m.has("/var/lib/timbre") {
		t.Error("a removal left the program, or took data")
	}
}

// rpm runs the package manager on the machine, of which it knows no packages.
func (m machine) rpm(arguments ...string) {
	m.t.Helper()
	all := append([]string{"--root", m.root, "--dbpath", "/var/lib/rpm", "--force-debian", "--nodeps"}, arguments...)
	if out, err := exec.Command("rpm", all...).CombinedOutput(); err != nil {
		m.t.Fatalf("rpm %s: %v\n%s", strings.Join(arguments, " "), err, out)
	}
}

// namesCallers runs the demo, which fails if a name is wrong.
func (m machine) namesCallers(program string) {
	m.t.Helper()
	var r demo.Result
	if err := json.Unmarshal([]byte(m.run(program+" demo --json")), &r); err != nil {
		m.t.Fatal(err)
	}
	named := 0
	for _, c := range r.Calls {
		if c.Identified != "" {
			named++
		}
	}
	if !r.Right || named != 2 {
		m.t.Errorf("got %d names, right: %v, want 2", named, r.Right)
	}
}

// isOurs asks the program for its version, its library and its licences.
func (m machine) isOurs(program string) {
	m.t.Helper()
	var is struct{ Version, Commit, ONNXRuntime string }
	if err := json.Unmarshal([]byte(m.run(program+" version --json")), &is); err != nil {
		m.t.Fatal(err)
	}
	if is.Version != "v"+version || len(is.Commit) < 40 || is.ONNXRuntime == "not found" {
		m.t.Errorf("got %+v, want version v%s, a commit and a library", is, version)
	}
}

// installed checks what a package has put beside the program.
func (m machine) installed() {
	m.t.Helper()
	for _, file := range []string{
		"/usr/lib/timbre/libonnxruntime.so", "/usr/lib/systemd/system/timbre.service", "/usr/lib/sysctl.d/10-timbre.conf", "/usr/share/man/man1/timbre.1.gz",
		"/usr/share/bash-completion/completions/timbre", "/usr/share/fish/vendor_completions.d/timbre.fish", "/usr/share/doc/timbre/copyright",
	} {
		if !m.has(file) {
			m.t.Errorf("got no %s", file)
		}
	}
	if got := m.run("stat -c '%U %G %a' /etc/timbre/timbre.yaml"); got != "root timbre 640\n" {
		m.t.Errorf("got settings of %q, want root timbre 640", got)
	}
	if manual := m.run("gzip -dc /usr/share/man/man1/timbre.1.gz"); !strings.Contains(manual, "serve") {
		m.t.Error("got a man page without commands")
	}
	if notices := m.run("cat /usr/share/doc/timbre/copyright"); notices != m.run("timbre licenses") {
		m.t.Error("got other notices than the program's")
	}
	if completed := m.run("COMP_LINE='timbre ser' COMP_POINT=10 timbre"); !strings.Contains(completed, "serve") {
		m.t.Errorf("got completion %q, want serve", completed)
	}
}

// serves runs the server as its unit says, which names the callers of the demo.
func (m machine) serves() {
	m.t.Helper()
	text, err := os.ReadFile(filepath.Join(m.root, "usr/lib/systemd/system/timbre.service"))
	if err != nil {
		m.t.Fatal(err)
	}
	unit, err := ini.LoadSources(ini.LoadOptions{AllowShadows: true}, text)
	if err != nil {
		m.t.Fatal(err)
	}
	service := unit.Section("Service")
	user, group := service.Key("User").String(), service.Key("Group").String()
	m.run("install -d -m 700 -o " + user + " -g " + group + " /var/lib/" + service.Key("StateDirectory").String()) // as systemd does

	confined := m.confine(service)
	who := user + ":" + group
	m.refuses(who, confined)
	start := func(_ context.Context, url, secret string) (demo.Server, error) {
		cmd := m.command(who, "exec "+confined+service.Key("ExecStart").String())
		cmd.Env = append(cmd.Env, service.Key("Environment").ValueWithShadows()...)
		cmd.Env = append(cmd.Env, "TIMBRE_API_LISTEN=127.0.0.1:0", "TIMBRE_ADMIN_LISTEN=127.0.0.1:0", "TIMBRE_SIP_LISTEN=udp://127.0.0.1:0",
			"TIMBRE_NOTIFY_WEBHOOKS="+demo.WebhookName+"="+url+"#"+secret)
		p := server.Launch(m.t, cmd)
		m.run("timbre health --admin " + p.At["admin"])
		keys, err := ini.Load(filepath.Join(m.root, "var/lib/timbre/credentials"))
		if err != nil {
			return demo.Server{}, err
		}
		key := keys.Section("default")
		return demo.Server{
			API: "http://" + p.At["api"], SIP: p.At["sip udp"],
			AccessKeyID: key.Key("aws_access_key_id").String(), SecretAccessKey: key.Key("aws_secret_access_key").String(),
			Stop: func() error { p.Stop(m.t); return nil },
		}, nil
	}
	r, err := demo.Run(m.t.Context(), demo.Config{Start: start, Verify: webhook.Verify, Output: terminal.Of(os.Stderr, os.Getenv), JSON: true})
	if err != nil || !r.Right {
		m.t.Errorf("the installed server: got %v, right: %v", err, r.Right)
	}
}
