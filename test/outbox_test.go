package test

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"timbre"
	"timbre/store/sqlite"
	"timbre/vault"
)

// TestOutboxCommand works on the outbox of a folder without a server, then of the server that has it open, then without one again.
func TestOutboxCommand(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	folder := t.TempDir()
	env := serverEnv(folder)
	seed(t, folder, "one", "two", "three", "four")

	if out := outboxCommand(ctx, t, env, "list", "--waiting"); strings.Count(out, hookARN) != 4 {
		t.Errorf("list without a server: got\n%s\nwant four that wait", out)
	}
	if out := outboxCommand(ctx, t, env, "targets"); !strings.Contains(out, "no server runs") {
		t.Errorf("targets without a server: got\n%s\nwant that none runs", out)
	}
	if out := outboxCommand(ctx, t, env, "drop", "--waiting", "--task", "four"); out != "1\n" {
		t.Errorf("drop without a server: got %q, want 1", out)
	}

	p := serve(ctx, t, env...)
	env = append(env, "TIMBRE_ADMIN_LISTEN="+p.At["admin"])
	p.until(ctx, t, "the target that nobody listens for is backing off", func() bool {
		var list []timbre.TargetReport
		must(t, json.Unmarshal([]byte(outboxCommand(ctx, t, env, "targets", "--json")), &list))
		return len(list) == 1 && list[0].Waiting == 3 && list[0].Delivery == timbre.DeliveryWaits && list[0].Failures > 0 && list[0].Error != ""
	})
	if out := outboxCommand(ctx, t, env, "list", "--waiting"); !strings.Contains(out, "connection refused") || strings.Count(out, "next at") != 3 {
		t.Errorf("list: got\n%s\nwant three with their last error", out)
	}
	if out := outboxCommand(ctx, t, env, "retry", "--waiting", "--all"); out != "3\n" {
		t.Errorf("retry: got %q, want 3", out)
	}
	elsewhere := outboxFails(ctx, t, append(env, "TIMBRE_ADMIN_LISTEN=127.0.0.1:1"), "list")
	if !strings.Contains(elsewhere, "is in use by another server") || !strings.Contains(elsewhere, "127.0.0.1:1") {
		t.Errorf("with another admin port: got %q, want that the server is not there", elsewhere)
	}
	p.Stop(t)

	if out := outboxCommand(ctx, t, env, "retry", "--waiting", "--task", "two"); out != "1\n" {
		t.Errorf("retry without a server: got %q, want 1", out)
	}
	if out := outboxCommand(ctx, t, env, "show", "2"); !strings.Contains(out, `{"of":"two"}`) || !strings.Contains(out, "attempts  0\n") {
		t.Errorf("show: got\n%s\nwant the payload, and no attempts since the retry", out)
	}
	if err := outboxFails(ctx, t, append(env, "TIMBRE_DATA="+t.TempDir()), "list"); !strings.Contains(err, "is not the data folder of a server") {
		t.Errorf("with an empty folder: got %q, want that it is none", err)
	}
}

// seed makes a data folder with notices that wait for the webhook, one a task.
func seed(t *testing.T, folder string, tasks ...string) {
	t.Helper()
	keys, err := vault.Open(filepath.Join(folder, "key"))
	must(t, err)
	s, err := sqlite.Open(t.Context(), filepath.Join(folder, "timbre.db"), keys, nil)
	must(t, err)
	for _, task := range tasks {
		must(t, s.Post(t.Context(), []timbre.Notice{{ID: task, Key: task, Target: hookARN, Payload: fmt.Appendf(nil, `{"of":%q}`, task), Created: time.Now()}}))
	}
	must(t, s.Close())
}

// outboxCommand runs `timbre outbox`, which must succeed, and returns what it prints.
func outboxCommand(ctx context.Context, t *testing.T, env []string, args ...string) string {
	t.Helper()
	out, stderr, err := runOutbox(ctx, t, env, args)
	if err != nil {
		t.Fatalf("timbre outbox %s: %v: %s", strings.Join(args, " "), err, stderr)
	}
	return out
}

// outboxFails runs `timbre outbox`, which must fail, and returns why.
func outboxFails(ctx context.Context, t *testing.T, env []string, args ...string) string {
	t.Helper()
	out, stderr, err := runOutbox(ctx, t, env, args)
	if err == nil {
		t.Fatalf("timbre outbox %s: got\n%s\nwant an error", strings.Join(args, " "), out)
	}
	return stderr
}

func runOutbox(ctx context.Context, t *testing.T, env, args []string) (out, stderr string, err error) {
	t.Helper()
	exe, err := program()
	must(t, err)
	cmd := exec.CommandContext(ctx, exe, append([]string{"outbox"}, args...)...)
	cmd.Env = env
	var said strings.Builder
	cmd.Stderr = &said
	text, err := cmd.Output()
	return string(text), said.String(), err
}
