package check

import (
	"context"
	"testing"
	"testing/fstest"
)

func TestCallsAreBoundByWhatIsLeast(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*machine)
		all    int
		limit  string
	}{
		{"processors", nil, 56, "the processors"},
		{"descriptors", func(m *machine) { m.room = func() (int, int) { return 128, 20 } }, 10, "descriptors (ulimit -n)"},
		{"no limit of descriptors", func(m *machine) { m.room = func() (int, int) { return 0, 0 } }, 56, "the processors"},
		{"ports", func(m *machine) { m.Settings.RTP.Ports.Last = m.Settings.RTP.Ports.First + 11 }, 3, "rtp.ports"},
		{"memory of the machine", func(m *machine) { m.root = fstest.MapFS{"proc/meminfo": {Data: []byte("MemTotal: 345088 kB\n")}} }, 9, "memory"},
		{"memory of the container", func(m *machine) {
			m.root.(fstest.MapFS)["proc/self/cgroup"] = &fstest.MapFile{Data: []byte("0::/\n")}
			m.root.(fstest.MapFS)["sys/fs/cgroup/memory.max"] = &fstest.MapFile{Data: []byte("293601280\n")}
		}, 5, "memory"},
		{"quota", func(m *machine) { m.Settings.Quotas = "aws" }, 10, "the quota of calls"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := sound(t)
			m.Settings.RTP.Ports.Last = 24999
			if c.change != nil {
				c.change(m)
			}
			if got := m.capacity(sample{spoken: 100, busy: 5}); got.All != c.all || got.Limit != c.limit || got.Core != 20 {
				t.Errorf("got %+v, want %d calls limited by %s, 20 a core", got, c.all, c.limit)
			}
		})
	}
}

// A machine that does not keep up is measured at half of the speed, as long as there is one.
func TestASlowMachineIsMeasuredSlower(t *testing.T) {
	m := sound(t)
	var speeds []int
	m.measure = func(_ context.Context, _ machine, speed int) (sample, error) {
		speeds = append(speeds, speed)
		return sample{spoken: 10, busy: 10, late: speed > fastest/4}, nil
	}
	r := m.run(t, "calls")
	if len(speeds) != 3 || speeds[2] != fastest/4 || r.Calls == nil || r.Calls.All != 2 {
		t.Errorf("got speeds %v and %+v, want a quarter of the speed to count", speeds, r.Calls)
	}
}

// The real measurement, by a server and calls, on a machine that may be busy with other tests.
func TestCallsAreMeasured(t *testing.T) {
	m := sound(t)
	m.system = thisSystem()
	m.cores = 1
	r := m.run(t, "calls")
	if r.Calls == nil || r.Calls.Core < 1 || r.Calls.All < 1 {
		t.Errorf("got %+v, %+v, want calls", r.Findings, r.Calls)
	}
	t.Logf("%+v", r.Calls)
}
