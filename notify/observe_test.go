package notify_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
	"timbre/environment"
	"timbre/notify"
	"timbre/notify/notifytest"
)

// ofTargets compares the metrics of targets, without the size.
func ofTargets(t *testing.T, r prometheus.Gatherer, want string) {
	t.Helper()
	var names []string
	for _, n := range []string{"target_waiting", "target_oldest_seconds", "target_failures", "target_state", "outbox_unreadable"} {
		names = append(names, "timbre_notify_"+n)
	}
	lines := ""
	for line := range strings.Lines(want) {
		lines += strings.TrimLeft(line, "\t")
	}
	got, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	help := ""
	for _, f := range got {
		help += "# HELP " + f.GetName() + " " + f.GetHelp() + "\n# TYPE " + f.GetName() + " gauge\n"
	}
	if err := testutil.GatherAndCompare(r, strings.NewReader(help+lines), names...); err != nil {
		t.Error(err)
	}
}

func TestMetricsTellWhichTargetsAreLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		outbox, metrics := &notifytest.Outbox{}, prometheus.NewRegistry()
		to := &sink{answer: func(n timbre.Notice, _ int) error {
			if n.Target == other {
				return nil
			}
			return errors.New("refused the connection")
		}}
		began, offset := time.Now(), time.Duration(0)
		env := environment.Environment{
			Metrics: metrics, Random: func() float64 { return 1 }, Now: func() time.Time { return time.Now().Add(offset) },
			Uptime: func() environment.Uptime { return environment.Uptime{Boot: "this", Up: time.Since(began)} },
		}
		env.Age = environment.NewClock(env, environment.ClockRecord{}, nil).Age
		d := notify.New(env, notify.Config{}, deps(outbox, to))
		defer running(d)()
		ofTargets(t, metrics, "timbre_notify_outbox_unreadable 0\n")
		outbox.Put(notice("a", "a", hook), notice("b", "b", hook), notice("c", "c", hook), notice("d", "d", other))
		d.Wake()
		pass(50 * time.Second)
		offset = 48 * time.Hour
		ofTargets(t, metrics, `timbre_notify_outbox_unreadable 0
			timbre_notify_target_failures{target="`+hook+`"} 5
			timbre_notify_target_oldest_seconds{target="`+hook+`"} 50
			timbre_notify_target_state{state="backing_off",target="`+hook+`"} 1
			timbre_notify_target_state{state="disabled",target="`+hook+`"} 0
			timbre_notify_target_state{state="works",target="`+hook+`"} 0
			timbre_notify_target_waiting{target="`+hook+`"} 3
			`)
	})
}

func TestMetricsOfAnOutboxThatCannotBeReadSayWhatIsKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		outbox, metrics := &notifytest.Outbox{}, prometheus.NewRegistry()
		outbox.Put(notice("a", "a", hook))
		to := &sink{answer: func(timbre.Notice, int) error { return &notify.Failure{Kind: notify.Gone, Err: errors.New("410")} }}
		defer running(notify.New(environment.Environment{Metrics: metrics}, notify.Config{}, deps(outbox, to)))()
		pass(time.Second)
		outbox.Fault = func(string) error { return errors.New("disk I/O error") }
		ofTargets(t, metrics, `timbre_notify_outbox_unreadable 1
			timbre_notify_target_failures{target="`+hook+`"} 0
			timbre_notify_target_state{state="backing_off",target="`+hook+`"} 0
			timbre_notify_target_state{state="disabled",target="`+hook+`"} 1
			timbre_notify_target_state{state="works",target="`+hook+`"} 0
			`)
	})
}

func TestMetricsNameAHundredTargetsAndAddUpTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		outbox, metrics := &notifytest.Outbox{}, prometheus.NewRegistry()
		for i := range 150 {
			n := notice(fmt.Sprint(i), fmt.Sprint(i), fmt.Sprintf("%s%d", hook, i))
			outbox.Put(n)
			pass(time.Second)
		}
		notify.New(environment.Environment{Metrics: metrics}, notify.Config{}, deps(outbox, &sink{}))
		if n, err := testutil.GatherAndCount(metrics, "timbre_notify_target_waiting"); n != 101 || err != nil {
			t.Errorf("got %d targets, %v, want 101", n, err)
		}
		got, _ := metrics.Gather()
		values := map[string]float64{}
		for _, f := range got {
			for _, m := range f.GetMetric() {
				for _, l := range m.GetLabel() {
					if l.GetValue() == "other" {
						values[f.GetName()] += m.GetGauge().GetValue()
					}
				}
			}
		}
		for name, want := range map[string]float64{"waiting": 50, "oldest_seconds": 50, "state": 50} {
			if values["timbre_notify_target_"+name] != want {
				t.Errorf("%s of all others: got %v, want %v", name, values["timbre_notify_target_"+name], want)
			}
		}
	})
}
