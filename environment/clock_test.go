package environment_test

import (
	"slices"
	"testing"
	"time"

	"timbre/environment"
)

const day = 24 * time.Hour

// machine is a machine whose wall clock can be set.
type machine struct {
	wall time.Time
	up   environment.Uptime
}

func newMachine() *machine {
	return &machine{time.Date(2026, time.November, 29, 12, 0, 0, 0, time.UTC), environment.Uptime{Boot: "first", Up: time.Hour}}
}

func (m *machine) env() environment.Environment {
	return environment.Environment{Now: func() time.Time { return m.wall }, Uptime: func() environment.Uptime { return m.up }}
}

// pass lets time pass, on both clocks.
func (m *machine) pass(d time.Duration) { m.wall, m.up.Up = m.wall.Add(d), m.up.Up+d }

// reboot turns the machine off for a time.
func (m *machine) reboot(off time.Duration) {
	m.wall, m.up = m.wall.Add(off), environment.Uptime{Boot: m.up.Boot + "+", Up: 20 * time.Second}
}

// jumps are what a clock may do, by how much it may go.
var jumps = map[string]time.Duration{
	"hours ahead": 7 * time.Hour, "hours back": -7 * time.Hour, "days ahead": 5 * day, "days back": -5 * day,
	"years ahead": 9 * 365 * day, "years back": -9 * 365 * day, "to 1970": -time.Date(2026, 11, 29, 18, 0, 0, 0, time.UTC).Sub(time.Unix(0, 0)),
}

func outlived(c *environment.Clock, stamp time.Time, life time.Duration) bool {
	return slices.ContainsFunc(c.Outlived(life), func(s environment.Span) bool { return s.Has(stamp) })
}

func TestJumpOfTheWallClockMakesNothingOlder(t *testing.T) {
	for name, by := range jumps {
		for where, again := range map[string]func(*machine, *environment.Clock) *environment.Clock{
			"in a run": func(_ *machine, c *environment.Clock) *environment.Clock { return c },
			"between two runs": func(m *machine, c *environment.Clock) *environment.Clock {
				return environment.NewClock(m.env(), c.Record(), nil)
			},
			"at a reboot": func(m *machine, c *environment.Clock) *environment.Clock {
				r := c.Record()
				r.Wall = r.Wall.Add(-by) // as it was before the jump
				m.reboot(0)
				return environment.NewClock(m.env(), r, nil)
			},
		} {
			for what, life := range map[string]time.Duration{"voiceprint": day, "result": 7 * day, "profile": 3 * 365 * day} {
				t.Run(name+" "+where+" "+what, func(t *testing.T) {
					m := newMachine()
					c := environment.NewClock(m.env(), environment.ClockRecord{}, nil)
					m.pass(time.Hour)
					stamp := m.wall
					m.pass(time.Hour)
					c.Record()
					m.wall = m.wall.Add(by)
					c = again(m, c)
					credit := time.Duration(0) // time that nobody counted, if there was any
					if where == "at a reboot" && by > 0 {
						credit = min(by, 12*time.Hour)
					}
					for kept := time.Hour; kept+credit < life; kept += life / 8 {
						if outlived(c, stamp, life) {
							t.Fatalf("got it expired after %v, want it kept for %v", kept, life)
						}
						m.pass(life / 8)
					}
				})
			}
		}
	}
}

func TestWhatIsStampedEndsAfterEachJump(t *testing.T) {
	for name, by := range jumps {
		t.Run(name, func(t *testing.T) {
			m := newMachine()
			c := environment.NewClock(m.env(), environment.ClockRecord{}, nil)
			before := m.wall
			m.pass(time.Hour)
			c.Record()
			m.wall = m.wall.Add(by)
			c.Record()
			m.pass(time.Hour)
			within := m.wall
			m.wall = m.wall.Add(-by)
			c.Record()
			m.pass(time.Hour)
			after := m.wall
			m.pass(2 * day) // what is stamped ahead is kept longer by that, for another life at most
			for when, stamp := range map[string]time.Time{"before": before, "within": within, "after": after} {
				if !outlived(c, stamp, day) {
					t.Errorf("got what was stamped %s the jump kept, want it expired", when)
				}
			}
		})
	}
}

// A stamp of a clock that was wrong for a moment looks as old as the clock was wrong.
func TestWhatIsStampedDuringAJumpIsKeptForItsLife(t *testing.T) {
	for name, by := range jumps {
		t.Run(name, func(t *testing.T) {
			m := newMachine()
			c := environment.NewClock(m.env(), environment.ClockRecord{}, nil)
			m.pass(30 * day)
			m.wall = m.wall.Add(by)
			stamp := c.Now()
			m.pass(time.Second)
			m.wall = m.wall.Add(-by)
			c = environment.NewClock(m.env(), c.Record(), nil)
			for range 24 {
				if outlived(c, stamp, day) {
					t.Fatal("got it expired early, want it kept for a day")
				}
				m.pass(time.Hour - 2*time.Second)
			}
			m.pass(2 * day)
			if !outlived(c, stamp, day) {
				t.Error("got it kept, want it expired")
			}
		})
	}
}

func TestManyJumpsAreToldApartRoughly(t *testing.T) {
	m := newMachine()
	c := environment.NewClock(m.env(), environment.ClockRecord{}, nil)
	m.pass(30 * day)
	stamps := []time.Time{}
	for range 100 {
		m.wall = m.wall.Add(5 * time.Hour)
		stamps = append(stamps, c.Now())
		m.pass(time.Minute)
	}
	if n := len(c.Outlived(day)); n > 8 {
		t.Errorf("got %d spans, want 8 at most", n)
	}
	for i, s := range stamps {
		if outlived(c, s, day) {
			t.Errorf("got the stamp after jump %d expired, want all kept", i)
		}
	}
}

func TestTimeOffCountsForANightAtMost(t *testing.T) {
	for off, counts := range map[time.Duration]time.Duration{0: 0, 11 * time.Hour: 11 * time.Hour, 13 * time.Hour: 12 * time.Hour, 90 * day: 12 * time.Hour} {
		m := newMachine()
		c := environment.NewClock(m.env(), environment.ClockRecord{}, nil)
		stamp := m.wall
		m.pass(2 * time.Hour)
		r := c.Record()
		m.reboot(off)
		c = environment.NewClock(m.env(), r, func(by time.Duration) { t.Errorf("off for %v: got a jump by %v, want none told", off, by) })
		m.pass(day - 2*time.Hour - counts - time.Second)
		if outlived(c, stamp, day) {
			t.Errorf("off for %v: got it expired too early", off)
		}
		m.pass(2 * time.Second)
		if !outlived(c, stamp, day) {
			t.Errorf("off for %v: got it kept too long", off)
		}
	}
}

func TestRestartOfTheProgramAloneCountsWhollyHoweverLong(t *testing.T) {
	m := newMachine()
	var jumped []time.Duration
	c := environment.NewClock(m.env(), environment.ClockRecord{}, nil)
	stamp, r := m.wall, c.Record()
	m.pass(10 * day)
	c = environment.NewClock(m.env(), r, func(by time.Duration) { jumped = append(jumped, by) })
	if !outlived(c, stamp, 7*day) || len(jumped) > 0 {
		t.Errorf("got jumps %v and the result kept, want it expired after ten days in which the machine ran", jumped)
	}
}

func TestJumpsAreTold(t *testing.T) {
	m := newMachine()
	var jumped []time.Duration
	tell := func(by time.Duration) { jumped = append(jumped, by) }
	c := environment.NewClock(m.env(), environment.ClockRecord{}, tell)
	m.wall = m.wall.Add(50 * time.Second) // as a time server sets it
	c.Record()
	m.wall = m.wall.Add(2 * time.Hour)
	r := c.Record()
	c.Record()
	m.wall = m.wall.Add(-3 * time.Hour)
	environment.NewClock(m.env(), r, tell)
	if len(jumped) != 2 || jumped[0].Round(time.Hour) != 2*time.Hour || jumped[1] != -3*time.Hour {
		t.Errorf("got jumps %v, want one of two hours and one of three back", jumped)
	}
}

func TestClockWithoutAKernelToAskCountsItsRun(t *testing.T) {
	m := newMachine()
	m.up.Boot = ""
	c := environment.NewClock(m.env(), environment.ClockRecord{}, nil)
	stamp := m.wall
	m.wall = m.wall.Add(9 * day)
	if outlived(c, stamp, day) {
		t.Error("got it expired by a jump")
	}
	m.pass(day)
	if !outlived(c, stamp, day) {
		t.Error("got it kept for more than a day")
	}
}

func TestRecordOfAClockStaysSmall(t *testing.T) {
	m := newMachine()
	c := environment.NewClock(m.env(), environment.ClockRecord{}, nil)
	for range 5000 {
		m.wall = m.wall.Add(time.Hour)
		c.Record()
	}
	if n := len(c.Record().Marks); n > 1000 {
		t.Errorf("got %d marks, want 1000 at most", n)
	}
}
