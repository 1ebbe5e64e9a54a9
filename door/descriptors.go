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

// measured is for how long a measurement holds. What is opened meanwhile is added to it, what is closed is not.
const measured = 250 * time.Millisecond

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

// Spare reports whether n more may be opened so that a floor is left. It counts them as open.
func (d *Descriptors) Spare(n int, floor Floor) bool {
	if d == nil {
		return true
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if now := d.now(); d.at.IsZero() || now.Sub(d.at) >= measured {
		open, err := d.count()
		d.most = d.limit()
		if err != nil { // there is none to look with
			open = d.most
		}
		d.open, d.at = open, now
	}
	if d.most-d.open-n < d.most/int(floor) {
		return false
	}
	d.open += n
	return true
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
	cfg.OfOne = least(cfg.OfOne, max(cfg.Connections/2, 1))
	return cfg
}

// least is the lower of two limits. 0 is none.
func least(a, b int) int {
	if a == 0 {
		return b
	}
	return min(a, b)
}
