package test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	vtypes "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"

	"timbre"
	"timbre/environment"
	"timbre/sip/phone"
	"timbre/test/needs"
	"timbre/test/server"
)

// disk is the file system that a server has its data on, in a mount namespace of its own.
type disk struct {
	folder string // where it is mounted, in that namespace
	log    *buffer
	server process
}

// serveOn starts a server on a disk that a shell command mounts at $1.
func serveOn(ctx context.Context, t *testing.T, mount string, env []string) *disk {
	t.Helper()
	d := &disk{folder: t.TempDir(), log: &buffer{more: make(chan struct{}, 1)}}
	cmd := serverOn(ctx, t, d.folder, mount, env)
	cmd.Stderr = io.MultiWriter(d.log, testWriter{t})
	d.server = process{server.Launch(t, cmd)}
	return d
}

// serverOn is the command of such a server. Without mount namespaces the test is skipped.
func serverOn(ctx context.Context, t *testing.T, folder, mount string, env []string) *exec.Cmd {
	t.Helper()
	args := needs.Mounts(t)
	exe, err := program()
	must(t, err)
	cmd := exec.CommandContext(ctx, args[0], append(args[1:], "sh", "-e", "-c", mount+`; exec "$2" serve`, "sh", folder, exe)...)
	cmd.Env = append(env, "TIMBRE_DATA="+folder)
	return cmd
}

// path is a file on the disk, as it can be reached from here.
func (d *disk) path(name string) string {
	return filepath.Join("/proc", strconv.Itoa(d.server.Cmd.Process.Pid), "root", d.folder, name)
}

// fill leaves no room on the disk. It returns what makes room again.
func (d *disk) fill(t *testing.T) (free func()) {
	t.Helper()
	f, err := os.Create(d.path("ballast"))
	must(t, err)
	for size := 1 << 20; size > 0; {
		if _, err := f.Write(make([]byte, size)); errors.Is(err, syscall.ENOSPC) {
			size /= 2
		} else if err != nil {
			t.Fatal(err)
		}
	}
	must(t, f.Close())
	return func() { must(t, os.Remove(f.Name())) }
}

// ready is the answer of /readyz.
func (p process) ready(ctx context.Context, t *testing.T) (status int, why string) {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.At["admin"]+"/readyz", http.NoBody)
	must(t, err)
	answer, err := new(http.Client).Do(r)
	must(t, err)
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	must(t, err)
	return answer.StatusCode, string(body)
}

// refusal asks a server for new domains until it refuses one. A little may fit on a disk that is full.
func (h deployment) refusal(ctx context.Context, t *testing.T) error {
	t.Helper()
	for n := range 5000 {
		began := time.Now()
		_, err := h.voice.CreateVoiceProfileDomain(ctx, &voice.CreateVoiceProfileDomainInput{
			Name: new(fmt.Sprint("domain ", n)), Description: new(strings.Repeat("x", 1000)),
			ServerSideEncryptionConfiguration: &vtypes.ServerSideEncryptionConfiguration{KmsKeyArn: new("arn:aws:kms:us-east-1:000000000000:key/local")},
		}, func(o *voice.Options) { o.RetryMaxAttempts = 1 })
		if err != nil {
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("got the refusal after %v, want it at once", took)
			}
			return err
		}
	}
	t.Fatal("got every domain created, want a refusal")
	return nil
}

// wantOutage checks that a server refuses all that it would have to store, and says so once.
func (d *disk) wantOutage(ctx context.Context, t *testing.T, h deployment) {
	t.Helper()
	err := h.refusal(ctx, t)
	var answer *awshttp.ResponseError
	if !errors.As(err, &answer) || answer.HTTPStatusCode() != http.StatusServiceUnavailable || answer.Response.Header.Get("Retry-After") == "" {
		t.Errorf("API: got %v, want 503 with Retry-After", err)
	}
	if status, why := d.server.ready(ctx, t); status != http.StatusServiceUnavailable || !strings.Contains(why, "database") {
		t.Errorf("readiness: got %d %q, want 503 because of the database", status, why)
	}
	began := time.Now()
	_, err = phone.Dial(ctx, environment.Environment{}, phone.Config{Server: d.server.At["sip udp"], Caller: phone.Party{Audio: []byte{0xff}}})
	if took := time.Since(began); err == nil || !strings.Contains(err.Error(), "503") || took > 5*time.Second {
		t.Errorf("call: got %v after %v, want 503 at once", err, took)
	}
}

// A disk that is full refuses what is new, at once, and loses nothing of a call that is live: its results come when there is room.
func TestFullDiskRefusesOnlyWhileItIsFull(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 2*timeout)
	defer cancel()
	hook := newReceiver(t)
	d := serveOn(ctx, t, `mount -t tmpfs -o size=16m none "$1"`, append(serverEnv(t.TempDir()),
		"TIMBRE_NOTIFY_WEBHOOKS=test="+hook.URL+"#"+hookSecret, "TIMBRE_NOTIFY_STREAMING=EventBridge=test"))
	h := setUp(ctx, t, d.server.At["api"], hookARN)
	c := placeCall(ctx, t, d.server.At["sip udp"], "s1_enrol")
	search, tone := h.analyse(ctx, t, c.TransactionID)
	hook.wait(ctx, t, "the call is saved", of(c.TransactionID, timbre.StreamingStarted)) // which happens after its answer
	free := d.fill(t)
	before := strings.Count(d.log.String(), "\n")
	d.wantOutage(ctx, t, h)
	must(t, c.Play(ctx))
	must(t, c.Hangup(ctx))
	if n := strings.Count(d.log.String(), "\n") - before; n > 10 {
		t.Errorf("got %d lines of log, want few", n)
	}
	if got := hook.all(of(search, timbre.VoiceprintGenerationSuccess)); len(got) != 0 {
		t.Errorf("got results that are not stored: %v", got)
	}
	free()
	d.server.until(ctx, t, "the server is ready", func() bool { status, _ := d.server.ready(ctx, t); return status == http.StatusOK })
	for what, match := range map[string]func(event) bool{
		"the voiceprint": of(search, timbre.VoiceprintGenerationSuccess), "the tone": of(tone, timbre.ToneSuccessful),
		"the streams have ended": func(event) bool { return len(hook.all(of(c.TransactionID, timbre.StreamingEnded))) == 2 },
	} {
		hook.wait(ctx, t, what, match)
	}
	if s := h.searchStatus(ctx, t, search); s != timbre.Succeeded {
		t.Errorf("search: got status %s, want %s", s, timbre.Succeeded)
	}
	h.call(ctx, t, hook, d.server.At["sip udp"], "s1_enrol", timbre.IdentificationNoMatches)
}

// A disk that fails becomes read-only under a server that has files open. What was stored is there when the disk is.
func TestReadOnlyDiskRefusesAndLosesNothing(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 2*timeout)
	defer cancel()
	needs.Program(t, "mkfs.ext4", "mkfs.ext4 (the Debian package e2fsprogs)")
	needs.Program(t, "nsenter", "nsenter (the Debian package util-linux)")
	image := filepath.Join(t.TempDir(), "image")
	must(t, os.WriteFile(image, nil, 0o600))
	must(t, os.Truncate(image, 64<<20))
	must(t, exec.CommandContext(ctx, "mkfs.ext4", "-q", image).Run())
	mount := "mount -o loop " + image + ` "$1"`
	out, err := serverOn(ctx, t, t.TempDir(), mount+"; exit", nil).CombinedOutput()
	needs.That(t, err == nil, "a loop device: "+string(out))
	hook := newReceiver(t)
	env := append(serverEnv(t.TempDir()), "TIMBRE_NOTIFY_WEBHOOKS=test="+hook.URL+"#"+hookSecret, "TIMBRE_NOTIFY_STREAMING=EventBridge=test")
	d := serveOn(ctx, t, mount, env)
	h := setUp(ctx, t, d.server.At["api"], hookARN)
	c := placeCall(ctx, t, d.server.At["sip udp"], "s1_enrol")
	search, _ := h.analyse(ctx, t, c.TransactionID)
	hook.wait(ctx, t, "the call is saved", of(c.TransactionID, timbre.StreamingStarted))
	out, err = exec.CommandContext(ctx, "nsenter", "--mount", "--target", strconv.Itoa(d.server.Cmd.Process.Pid),
		"mount", "-o", "remount,abort", d.folder).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	before := strings.Count(d.log.String(), "\n")
	d.wantOutage(ctx, t, h)
	must(t, c.Play(ctx))
	must(t, c.Hangup(ctx))
	if n := strings.Count(d.log.String(), "\n") - before; n > 10 {
		t.Errorf("got %d lines of log, want few", n)
	}
	d.server.Kill()
	d = serveOn(ctx, t, mount, env)
	h.voice, h.media = clients(d.server.At["api"])
	hook.wait(ctx, t, "the streams failed", func(event) bool { return len(hook.all(of(c.TransactionID, timbre.StreamingFailed))) == 2 })
	if s := h.searchStatus(ctx, t, search); s != timbre.Failed {
		t.Errorf("search: got status %s, want %s", s, timbre.Failed)
	}
	h.call(ctx, t, hook, d.server.At["sip udp"], "s1_enrol", timbre.IdentificationNoMatches)
}

// A server that cannot write says why in a sentence and ends at once, so that its service manager tries again.
func TestStartOnADiskThatTakesNoWritesNamesTheReason(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	seed := t.TempDir()
	p := serve(ctx, t, serverEnv(seed)...)
	p.Stop(t)
	const onlyCopy = `cp -a ` + `"$SEED"/. "$1"; `
	for name, c := range map[string]struct{ mount, want string }{
		"new, no inodes":   {`mount -t tmpfs -o nr_inodes=4 none "$1"`, "no inodes left"},
		"new, full":        {`mount -t tmpfs -o size=16k none "$1"`, "full"},
		"new, read-only":   {`mount -t tmpfs none "$1"; mount -o remount,ro "$1"`, "read-only"},
		"there, no inodes": {`mount -t tmpfs -o nr_inodes=9 none "$1"; ` + onlyCopy + `n=0; while touch "$1/$n" 2>/dev/null; do n=$((n+1)); done`, "no inodes left"},
		"there, full":      {`mount -t tmpfs -o size=8m none "$1"; ` + onlyCopy + `dd if=/dev/zero of="$1/x" bs=4k 2>/dev/null || true`, "full"},
		"there, read-only": {`mount -t tmpfs none "$1"; ` + onlyCopy + `mount -o remount,ro "$1"`, "read-only"},
	} {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			cmd := serverOn(ctx, t, t.TempDir(), c.mount, append(serverEnv(seed), "SEED="+seed))
			out, err := cmd.CombinedOutput()
			lines := strings.Split(strings.TrimSpace(string(out)), "\n")
			last := lines[len(lines)-1]
			if cmd.ProcessState.ExitCode() != 1 || !strings.HasPrefix(last, "timbre: ") || !strings.Contains(last, c.want) {
				t.Errorf("got %v and %q, want status 1 and why: %q", err, last, c.want)
			}
			if took := time.Since(began); took > 10*time.Second {
				t.Errorf("got an end after %v, want it at once", took)
			}
		})
	}
}
