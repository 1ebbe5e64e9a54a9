package environment_test

import (
	"testing"
	"time"

	"timbre/environment"
)

func TestJumpOfTheWallClockChangesNoAge(t *testing.T) {
	for name, by := range jumps {
		t.Run(name, func(t *testing.T) {
			m := newMachine()
			c := environment.NewClock(m.env(), environment.ClockRecord{}, nil)
			old := m.wall.Add(-time.Hour) // before the first run
			m.pass(time.Hour)
			before := m.wall
			m.pass(time.Hour)
			c.Record()
			m.wall = m.wall.Add(by)
			c = environment.NewClock(m.env(), c.Record(), nil)
			m.pass(time.Minute)
			after := c.Now()
			m.pass(time.Hour)
			for when, want := range map[time.Time]time.Duration{
				old: 3*time.Hour + time.Hour + time.Minute, before: 2*time.Hour + time.Minute, after: time.Hour, m.wall: 0,
			} {
				if got := c.Age(when); got > want || want-got > 2*time.Minute {
					t.Errorf("stamp %v: got age %v, want %v", when, got, want)
				}
			}
		})
	}
}

// While a clock that was set back runs through the same hours again, a stamp of these hours may be of either time: the later one counts.
func TestAStampOfTwoTimesIsOfTheLaterOne(t *testing.T) {
	m := newMachine()
	c := environment.NewClock(m.env(), environment.ClockRecord{}, nil)
	m.pass(time.Hour)
	stamp := m.wall
	m.pass(time.Hour)
	c.Record()
	m.wall = m.wall.Add(-2 * time.Hour)
	c.Record()
	m.pass(90 * time.Minute)
	if got := c.Age(stamp); got != 30*time.Minute {
		t.Errorf("got age %v, want 30 min", got)
	}
}
