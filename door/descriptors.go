package door

import (
	"errors"
	"os"
	"sync"
	"syscall"
	"time"

	"timbre/environment"
)

// Floor is what part of all descriptors is left to others: 8 stands for an eighth.
type Floor int

// What is set aside, from the bottom up. Each use stops above the floor of what matters more.
const (
	ForOwn   Floor = 32 // the database, logs and sinks
	ForLive  Floor = 8  // signalling of live calls, and the shares of doors: no new call begins below
	ForCalls Floor = 4  // new calls: no connection beyond the share of its door is let in below
)

// For how long a measurement holds. What is opened meanwhile is added to it, what is closed is not: there may be more left than it says,
// so that a refusal needs a fresh one. Otherwise connections that come and go would stand in the way of calls.
const (
	countLife   = 250 * time.Millisecond
	refusalLife = 10 * time.Millisecond
)

// Descriptors are the files and sockets that the process may have open. Go raises the soft limit to the hard one when a program
// starts. It is safe for concurrent use. A nil one is without limit.
type Descriptors struct {
	now   func() time.Time
	limit func() int
	count func() (int, error)

	mu   sync.Mutex
	most int // as of at
	open int // of then, and what was taken since
	at   time.Time
}

// NewDescriptors returns those of the process; nil if the system does not tell.
func NewDescriptors(env environment.Environment) *Descriptors {
	if _, err := opened(); err != nil || allowed() == 0 {
		return nil
	}
	return &Descriptors{now: env.Complete().Steady, limit: allowed, count: opened}
}

// allowed is how many descriptors the process may have. It may be changed from outside while the process runs.
func allowed() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 0
	}
	return int(min(limit.Cur, 1<<30))
}

// opened is how many descriptors the process has.
func opened() (int, error) {
	folder, err := os.Open("/proc/self/fd")
	if err != nil {
		return 0, err
	}
	defer func() { _ = folder.Close() }()
	names, err := folder.Readdirnames(-1)
	return len(names) - 1, err // without the folder itself
}

// Limit is how many descriptors the process may have; 0: it is not known.
func (d *Descriptors) Limit() int {
	if d == nil {
		return 0
	}
	return d.limit()
}

// Open is how many there are now.
func (d *Descriptors) Open() (int, error) {
	if d == nil {
		return 0, errors.ErrUnsupported
	}
	return d.count()
}

// Reserve counts n more as open, unless they would reach into what a floor sets aside.
func (d *Descriptors) Reserve(n int, floor Floor) bool {
	if d == nil {
		return true
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.measure(countLife)
	if !d.leaves(n, floor) {
		d.measure(refusalLife)
	}
	if !d.leaves(n, floor) {
		return false
	}
	d.open += n
	return true
}

// leaves reports whether n more leave what a floor sets aside. The caller holds mu.
func (d *Descriptors) leaves(n int, floor Floor) bool { return d.most-d.open-n >= d.most/int(floor) }

// measure counts what is open, unless that was done a short time ago. The caller holds mu.
func (d *Descriptors) measure(life time.Duration) {
	now := d.now()
	if !d.at.IsZero() && now.Sub(d.at) < life {
		return
	}
	open, err := d.count()
	d.most = d.limit()
	if err != nil { // there is none to look with
		open = d.most
	}
	d.open, d.at = open, now
}

// Streams is how many streams of calls there is room for, with a number of descriptors each.
func (d *Descriptors) Streams(each int) int {
	if d == nil {
		return 0
	}
	open, err := d.count()
	if err != nil {
		return 0
	}
	most := d.limit()
	return max(0, most-most/int(ForLive)-open) / each
}

// fit lowers the limits of a door to its part of the descriptors.
func (d *Descriptors) fit(cfg Config) Config {
	if d == nil || cfg.Part == 0 {
		return cfg
	}
	cfg.Connections = least(cfg.Connections, max(d.limit()/cfg.Part, 1))
	cfg.PerSource = least(cfg.PerSource, max(cfg.Connections/2, 1))
	return cfg
}

// least is the lower of two limits. 0 is none.
func least(a, b int) int {
	if a == 0 {
		return b
	}
	return min(a, b)
}
