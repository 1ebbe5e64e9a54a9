package sqlite_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"timbre"
	"timbre/store/sqlite"
	"timbre/vault"
)

// crashFolder is the environment variable that makes this program the one that is killed.
const crashFolder = "TIMBRE_CRASH_FOLDER"

func TestMain(m *testing.M) {
	if folder := os.Getenv(crashFolder); folder != "" {
		fmt.Println("ended:", writeUntilKilled(folder, os.Getenv("TIMBRE_CRASH_ROUND"), os.Stdout))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// The steps in the life of a task of the crash test. Each is printed once it is acknowledged.
const (
	created = iota + 1
	heard
	identified
	enrolled
	steps = enrolled
)

var crashTargets = []string{"q", "r"}

// crashNotices returns the notices of a step, for two targets.
func crashNotices(id string, step int) (list []timbre.Notice) {
	for _, target := range crashTargets {
		list = append(list, timbre.Notice{ID: fmt.Sprint(id, " ", step), Key: id, Target: target, Payload: fmt.Appendf(nil, `{"step":%d}`, step), Created: morning})
	}
	return list
}

var morning = time.Date(2026, time.November, 25, 9, 30, 0, 0, time.UTC)

// writeUntilKilled runs tasks through their lives concurrently, and prints "id step" after each acknowledged step.
func writeUntilKilled(folder, round string, out io.Writer) error {
	ctx := context.Background()
	keys, err := vault.Open(filepath.Join(folder, "key"))
	if err != nil {
		return err
	}
	s, err := sqlite.Open(ctx, filepath.Join(folder, "timbre.db"), keys, nil)
	if err != nil {
		return err
	}
	if err := s.CreateDomain(ctx, timbre.Domain{ID: round}); err != nil {
		return err
	}
	var printed sync.Mutex
	failed := make(chan error)
	for w := range 4 {
		go func() {
			for i := 0; ; i++ {
				id := fmt.Sprintf("%s-%d-%d", round, w, i)
				for step := created; step <= steps; step++ {
					if err := crashStep(ctx, s, round, id, step); err != nil {
						failed <- err
						return
					}
					printed.Lock()
					_, _ = fmt.Fprintln(out, id, step)
					printed.Unlock()
				}
			}
		}()
	}
	return <-failed
}

func crashStep(ctx context.Context, s *sqlite.Store, domainID, id string, step int) error {
	t := timbre.Task{ID: id, Kind: timbre.SpeakerSearch, TransactionID: id, DomainID: domainID, Status: timbre.InQueue, Active: true, Created: morning}
	v := timbre.Voiceprint{Embedding: make(timbre.Embedding, 256), Net: 20 * time.Second, Model: "m"}
	switch step {
	case created:
		return s.CreateTask(ctx, t)
	case heard:
		t.Status = timbre.InProgress
		return s.SaveTask(ctx, t, crashNotices(id, step))
	case identified:
		t.Status, t.Active, t.Voiceprint, t.Ended = timbre.Succeeded, false, &v, morning
		return s.SaveTask(ctx, t, crashNotices(id, step))
	}
	return s.EnrolProfile(ctx, timbre.Profile{ID: id, DomainID: domainID, Voiceprint: v, Expires: morning.Add(timbre.ProfileLife)}, id)
}

// killedAfter runs the writer until it has printed so many steps, kills it, and returns the last printed step of each task.
func killedAfter(t *testing.T, folder, round string, lines int) map[string]int {
	t.Helper()
	me, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), me)
	cmd.Env = append(os.Environ(), crashFolder+"="+folder, "TIMBRE_CRASH_ROUND="+round)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	printed, scan := map[string]int{}, bufio.NewScanner(out)
	for n := 1; scan.Scan(); n++ {
		var id string
		var step int
		if _, err := fmt.Sscan(scan.Text(), &id, &step); err != nil || step != printed[id]+1 {
			t.Fatalf("got line %q after step %d", scan.Text(), printed[id])
		}
		printed[id] = step
		if n == lines {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() != -1 {
		t.Fatalf("got error %v, want the writer killed", err)
	}
	return printed
}

func TestKillLosesNoAcknowledgedWrite(t *testing.T) {
	folder := t.TempDir()
	acknowledged := map[string]int{}
	for round, lines := range []int{1, 50, 333, 700} {
		for id, step := range killedAfter(t, folder, fmt.Sprint(round), lines) {
			acknowledged[id] = step
		}
		check(t, folder, round, acknowledged)
	}
}

// check opens the store after a kill and compares it with what was acknowledged in all rounds so far.
func check(t *testing.T, folder string, rounds int, acknowledged map[string]int) {
	t.Helper()
	s := open(t, folder)
	defer func() { _ = s.Close() }()
	notices := map[string][]string{}
	depths, err := s.Depths(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var seqs []int64
	for _, d := range depths {
		due, err := s.Due(t.Context(), d.Target, morning, 1_000_000)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range due.First {
			seqs = append(seqs, h.Seq)
		}
	}
	slices.Sort(seqs)
	pending, err := s.Load(t.Context(), seqs)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pending {
		notices[p.Key] = append(notices[p.Key], p.ID+p.Target+string(p.Payload))
	}
	beyond := 0
	for id := range withNext(acknowledged, rounds) {
		step := reached(t, s, id)
		if step < acknowledged[id] {
			t.Errorf("task %s: got step %d, want at least the acknowledged %d", id, step, acknowledged[id])
		}
		if step > acknowledged[id] {
			beyond++
		}
		var want []string
		if step >= heard { // only the first of each target is due
			for _, n := range crashNotices(id, heard) {
				want = append(want, n.ID+n.Target+string(n.Payload))
			}
		}
		if got := notices[id]; !slices.Equal(got, want) {
			t.Errorf("task %s at step %d: got notices %q, want %q", id, step, got, want)
		}
		delete(notices, id)
	}
	if len(notices) > 0 {
		t.Errorf("got notices of unknown tasks: %v", notices)
	}
	t.Logf("%d tasks acknowledged, %d of them and of their successors further than that", len(acknowledged), beyond)
}

// withNext adds the task that each writer may have begun after its last acknowledged one.
func withNext(acknowledged map[string]int, rounds int) map[string]int {
	all, last := map[string]int{}, map[string]int{}
	for r := range rounds + 1 {
		for w := range 4 {
			last[fmt.Sprintf("%d-%d", r, w)] = -1
		}
	}
	for id, step := range acknowledged {
		all[id] = step
		at := strings.LastIndex(id, "-")
		var i int
		_, _ = fmt.Sscan(id[at+1:], &i)
		last[id[:at]] = max(last[id[:at]], i)
	}
	for writer, i := range last {
		all[fmt.Sprintf("%s-%d", writer, i+1)] = 0
	}
	return all
}

// reached returns the step of a task, derived from all that is stored of it.
func reached(t *testing.T, s *sqlite.Store, id string) int {
	t.Helper()
	task, err := s.Task(t.Context(), timbre.SpeakerSearch, id)
	if timbre.KindOf(err) == timbre.NotFound {
		return 0
	} else if err != nil {
		t.Fatal(err)
	}
	step := map[timbre.TaskStatus]int{timbre.InQueue: created, timbre.InProgress: heard, timbre.Succeeded: identified}[task.Status]
	if (task.Voiceprint != nil) != (step == identified) {
		t.Errorf("task %s: got status %s with voiceprint %v", id, task.Status, task.Voiceprint != nil)
	}
	_, err = s.Profile(t.Context(), id)
	if (err == nil) != (task.ProfileID == id) {
		t.Errorf("task %s: got profile %q, but error %v for it", id, task.ProfileID, err)
	}
	if err == nil {
		step = enrolled
	}
	return step
}
