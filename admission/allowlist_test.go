package admission

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"timbre"
	"timbre/environment"
)

// A change costs reading one connector, whoever asks afterwards, and a message reads nothing.
func TestConnectorIsReadOnceForEachChange(t *testing.T) {
	f := newFixture()
	from := netip.MustParseAddr(outside)
	expect := func(step string, known bool, asked int) {
		t.Helper()
		for range 3 {
			if got := f.Sources().Known(from); got != known {
				t.Errorf("%s: got known %v, want %v", step, got, known)
			}
		}
		if f.dir.asked != asked || f.dir.listed != 1 {
			t.Errorf("%s: got %d connectors read and all of them %d times, want %d and 1", step, f.dir.asked, f.dir.listed, asked)
		}
	}
	expect("first", false, 0)
	f.dir.terminations["closed"] = timbre.Termination{CIDRs: []string{outside}}
	expect("no change reported", false, 0)
	f.Changed("closed")
	expect("change reported", true, 1)
	f.dir.err = errors.New("disk")
	expect("the store fails, nothing changed", true, 1)
	f.Changed("closed")
	expect("the store fails: as it was", true, 2)
	f.dir.err = nil
	delete(f.dir.terminations, "closed")
	f.Changed("closed")
	expect("the store is back", false, 3)
	delete(f.dir.connectors, "closed")
	f.Changed("closed")
	if _, err := f.Admit(t.Context(), ask("closed", inside, timbre.Digest)); reason(err) != timbre.NoConnector {
		t.Errorf("got %v for a deleted connector, want denial %q", err, timbre.NoConnector)
	}
}

// Of two changes at once the later one holds, though the first one is read while it is written.
func TestChangeWhileReadingHolds(t *testing.T) {
	f := newFixture()
	done := make(chan struct{})
	f.dir.read = func() {
		f.dir.read = nil
		c := f.dir.connectors["open"]
		c.RequireEncryption = true
		f.dir.connectors["open"] = c
		go func() {
			defer close(done)
			f.Changed("open")
		}()
	}
	f.Changed("open")
	<-done
	r := ask("open", inside, timbre.Digest)
	r.Encrypted = false
	if _, err := f.Admit(t.Context(), r); reason(err) != timbre.NotEncrypted {
		t.Errorf("got %v, want denial %q", err, timbre.NotEncrypted)
	}
}

// The list of all connectors and the termination of one must agree on every source.
func TestAllowListAgreesWithTerminations(t *testing.T) {
	f := newFixture()
	f.dir.terminations["bare"] = timbre.Termination{CIDRs: []string{"0.0.0.0/5", "::ffff:172.16.0.0/108", "2001:db8:5::5%eth0", "::1"}}
	f.Changed("bare")
	for _, text := range []string{
		inside, outside, both, "7.255.255.255", "8.0.0.0", "172.31.1.2", "172.32.0.0", "::ffff:172.16.1.1", "::ffff:192.0.2.3", "10.1.1.1",
		"2001:db8::1", "2001:db8::1%eth0", "2001:db8:5::5", "2001:db8:5::5%eth1", "fe80::1", "fe80::1%eth0", "febf::1%2", "fec0::1", "::1", "::2", "::",
	} {
		t.Run(text, func(t *testing.T) {
			source := netip.MustParseAddr(text)
			var want []string
			for id, term := range f.dir.terminations {
				if term.Allows(source) {
					want = append(want, id)
				}
			}
			got, _ := f.list.connectors(source, math.MaxInt, each)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
			if got, _ := f.list.contains(source); got != (len(want) > 0) {
				t.Errorf("got contains %v, want %v", got, !got)
			}
		})
	}
	if ids, _ := f.list.connectors(netip.Addr{}, math.MaxInt, each); ids != nil {
		t.Errorf("no address: got %v, want none", ids)
	}
}

func TestProvableNeedsCredentialsOfAnEnabledTermination(t *testing.T) {
	f := newFixture()
	for _, step := range []struct {
		drop string
		want bool
	}{{"secret", true}, {"private", false}} { // off has some, and is disabled
		delete(f.dir.credentials, step.drop)
		f.Changed(step.drop)
		if _, provable := f.list.contains(netip.MustParseAddr(outside)); provable != step.want {
			t.Errorf("without those of %s: got provable %v, want %v", step.drop, provable, step.want)
		}
	}
}

// A termination that cannot be read stays as it was read last: it neither lets strangers in nor shuts out who was allowed. Other
// connectors are not affected.
func TestDamagedTerminationStaysAsItWasRead(t *testing.T) {
	f := newFixture()
	reg := prometheus.NewRegistry()
	f.Admission = New(environment.Environment{Metrics: reg}, Config{}, f.dir)
	if err := f.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	expect := func(step string, unread int) {
		t.Helper()
		for _, id := range []string{"open", "twin"} {
			source := map[string]string{"open": inside, "twin": both}[id]
			if _, err := f.Admit(t.Context(), ask(id, source, timbre.Digest)); err != nil {
				t.Errorf("%s: got %v for an allowed source of %s, want access", step, err, id)
			}
		}
		if f.Sources().Known(netip.MustParseAddr(outside)) {
			t.Errorf("%s: got a stranger known", step)
		}
		if got := gauge(t, reg, "timbre_admission_unread_connectors"); got != unread {
			t.Errorf("%s: got %d connectors that cannot be read, want %d", step, got, unread)
		}
	}
	expect("before", 0)
	f.dir.damaged = "open"
	f.Changed("open")
	expect("damaged", 1)
	f.Changed("open")
	expect("damaged, read again", 1)
	if err := f.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	expect("damaged, all read again", 1)
	f.dir.damaged = ""
	f.Changed("open")
	expect("mended", 0)
}

// gauge is the value of a metric without labels.
func gauge(t *testing.T, reg *prometheus.Registry, name string) int {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == name {
			return int(f.GetMetric()[0].GetGauge().GetValue())
		}
	}
	t.Fatalf("got no metric %s", name)
	return 0
}

// A termination that could never be read closes its connector, with an error that passes, and no other connector.
func TestTerminationThatWasNeverReadClosesItsConnectorAlone(t *testing.T) {
	f := newFixture()
	f.dir.damaged = "open"
	f.Admission = New(environment.Environment{}, Config{}, f.dir)
	if err := f.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Admit(t.Context(), ask("open", inside, timbre.Digest)); !errors.Is(err, timbre.ErrDamaged) {
		t.Errorf("got %v, want the damage", err)
	}
	if f.Sources().Known(netip.MustParseAddr(inside)) {
		t.Error("got a source known that no connector that can be read allows")
	}
	all, err := f.AdmitAny(t.Context(), ask("", both, timbre.Basic))
	if err != nil || len(all) != 2 {
		t.Errorf("got %d connectors and %v, want 2 others", len(all), err)
	}
}

// A store that fails is read again until it does not, also when nothing could be read at all.
func TestWhatCouldNotBeReadIsReadAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture()
		f.dir.err = timbre.Errorf(timbre.Internal, "", "disk")
		f.Admission = New(environment.Environment{}, Config{}, f.dir)
		if err := f.Load(t.Context()); err == nil {
			t.Fatal("got no error, want the store's")
		}
		if _, err := f.Admit(t.Context(), ask("open", inside, timbre.Digest)); timbre.KindOf(err) != timbre.Unavailable {
			t.Errorf("got %v, want Unavailable", err)
		}
		if known, provable := f.list.contains(netip.MustParseAddr(inside)); known || !provable {
			t.Errorf("got known %v and provable %v of a list that is not loaded, want false and true", known, provable)
		}
		fail := func(err error) { // while nothing reads the directory
			f.reading.Lock()
			defer f.reading.Unlock()
			f.dir.err = err
		}
		go f.Run(t.Context())
		<-time.After(10 * time.Second)
		synctest.Wait()
		fail(nil)
		<-time.After(maxBackoff)
		synctest.Wait()
		if _, err := f.Admit(t.Context(), ask("open", inside, timbre.Digest)); err != nil {
			t.Errorf("got %v, want access", err)
		}
		fail(timbre.Errorf(timbre.Internal, "", "disk"))
		f.dir.terminations["open"] = timbre.Termination{Disabled: true}
		f.Changed("open")
		fail(nil)
		<-time.After(maxBackoff)
		synctest.Wait()
		if _, err := f.Admit(t.Context(), ask("open", inside, timbre.Digest)); reason(err) != timbre.NotAllowed {
			t.Errorf("got %v, want denial %q", err, timbre.NotAllowed)
		}
	})
}

// A list after many changes is the list that is read at once.
func TestListAfterChangesIsTheListOfTheirResult(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	list, now := newAllowList(), map[string]*entry{}
	for range 2000 {
		id := fmt.Sprint(random.IntN(20))
		var e *entry
		if random.IntN(4) > 0 {
			e = &entry{termination: &timbre.Termination{Disabled: random.IntN(2) == 0}, known: true}
			for range random.IntN(4) {
				network := fmt.Sprintf("10.%d.0.0/%d", random.IntN(3), 16+random.IntN(2))
				e.termination.CIDRs = append(e.termination.CIDRs, network, network)
				e.users = []string{fmt.Sprint(random.IntN(3))}
			}
		}
		list.put(id, e)
		if now[id] = e; e == nil {
			delete(now, id)
		}
	}
	fresh := newAllowList()
	fresh.reset(now)
	list.loaded = true
	if !reflect.DeepEqual(list, fresh) {
		t.Errorf("got %+v\nwant %+v", list, fresh)
	}
}
