package node

import (
	"context"
	"database/sql"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"timbre"
	"timbre/rtp"
)

// readiness is the answer of /readyz.
func readiness(t *testing.T, n *Node) (status int, why string) {
	t.Helper()
	w := ask{path: "/readyz"}.of(t, n.admin())
	return w.Code, strings.TrimSpace(w.Body.String())
}

func wantReadiness(t *testing.T, n *Node, want string) {
	t.Helper()
	status := http.StatusOK
	if want != "" {
		status = http.StatusServiceUnavailable
	}
	if got, why := readiness(t, n); got != status || why != want {
		t.Errorf("got %d %q, want %d %q", got, why, status, want)
	}
}

func TestReadinessSaysWhatIsUsedUp(t *testing.T) {
	n := fullNode(t, map[string]int{"tasks": 2, "calls": 1})
	wantReadiness(t, n, "starting")
	close(n.ready)
	wantReadiness(t, n, "") // although one connector has all calls that it may have
	second := timbre.Task{ID: "u", Kind: timbre.VoiceTone, TransactionID: "y", Token: "u", Active: true}
	if err := n.store.CreateTask(t.Context(), second); err != nil {
		t.Fatal(err)
	}
	wantReadiness(t, n, "the quota of tasks is used up")
	second.Active = false
	if err := n.store.SaveTask(t.Context(), second, nil); err != nil {
		t.Fatal(err)
	}
	wantReadiness(t, n, "")
	n.Drain()
	wantReadiness(t, n, "draining")
}

func TestReadinessIsLookedAtNowAndThen(t *testing.T) {
	n := fullNode(t, map[string]int{"tasks": 2})
	now := time.Now()
	n.env.Steady = func() time.Time { return now }
	close(n.ready)
	admin := n.admin()
	if got := (ask{path: "/readyz"}).of(t, admin).Code; got != http.StatusOK {
		t.Fatalf("got %d, want 200", got)
	}
	second := timbre.Task{ID: "u", Kind: timbre.VoiceTone, TransactionID: "y", Token: "u", Active: true}
	if err := n.store.CreateTask(t.Context(), second); err != nil {
		t.Fatal(err)
	}
	if got := (ask{path: "/readyz"}).of(t, admin).Code; got != http.StatusOK {
		t.Errorf("got %d at once, want the verdict before", got)
	}
	now = now.Add(verdictLife)
	if got := (ask{path: "/readyz"}).of(t, admin).Code; got != http.StatusServiceUnavailable {
		t.Errorf("got %d later, want 503", got)
	}
	n.Drain()
	if got := (ask{path: "/readyz"}).of(t, admin).Body.String(); got != "draining\n" {
		t.Errorf("got %q, want that it drains at once", got)
	}
}

// limitDescriptors sets how many descriptors the process may have, until the test ends.
func limitDescriptors(t *testing.T, most int) {
	t.Helper()
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &before); err != nil {
		t.Fatal(err)
	}
	limited := before
	limited.Cur = min(uint64(most), before.Max)
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limited); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Setrlimit(syscall.RLIMIT_NOFILE, &before) })
}

// Some descriptors are left then, which are set aside for the calls that are live.
func TestReadinessFollowsTheDescriptorsThatCallsGet(t *testing.T) {
	n := fullNode(t, nil)
	close(n.ready)
	var open []*os.File
	t.Cleanup(func() {
		for _, f := range open {
			_ = f.Close()
		}
	})
	for range 700 {
		f, err := os.Open(os.DevNull)
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, f)
	}
	wantReadiness(t, n, "")
	used, err := n.descriptors.Open()
	if err != nil {
		t.Fatal(err)
	}
	limitDescriptors(t, used+used/10) // more than seven eighths are open
	if n.mayOpen(rtp.PerStream) {
		t.Error("got descriptors for a new call, want them refused")
	}
	wantReadiness(t, n, "no descriptors are left for a new call")
}

// Another program that holds the database is an outage like a disk that takes no writes.
func TestReadinessFollowsAnOutageOfTheDatabase(t *testing.T) {
	n := fullNode(t, nil)
	close(n.ready)
	db, err := sql.Open("sqlite", "file:"+n.settings.Database()+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	held, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := n.store.CreateDomain(t.Context(), timbre.Domain{ID: "d"}); timbre.KindOf(err) != timbre.Unavailable {
		t.Fatalf("got %v, want Unavailable", err)
	}
	wantReadiness(t, n, "the database takes no writes")
	if err := held.Rollback(); err != nil {
		t.Fatal(err)
	}
	wantReadiness(t, n, "")
}

// A receiver that is dead, with events that wait for it, does not turn calls away.
func TestADeadTargetLeavesTheServerReady(t *testing.T) {
	for name, value := range map[string]string{"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret"} {
		t.Setenv(name, value)
	}
	n := fullNode(t, nil)
	close(n.ready)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); n.notices.Run(ctx) }()
	defer func() { stop(); <-done }()
	for _, key := range []string{"a", "b", "c"} {
		notice := timbre.Notice{ID: key, Key: key, Target: "arn:aws:sqs:us-east-1:000000000000:dead", Payload: []byte("{}"), Created: time.Now()}
		if err := n.store.Post(t.Context(), []timbre.Notice{notice}); err != nil {
			t.Fatal(err)
		}
	}
	n.notices.Drain(t.Context())
	if depths, err := n.store.Depths(t.Context()); err != nil || len(depths) != 1 || depths[0].Waiting != 3 {
		t.Fatalf("got %+v, %v, want three notices that wait", depths, err)
	}
	wantReadiness(t, n, "")
}
