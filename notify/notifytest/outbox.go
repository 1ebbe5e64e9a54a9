package notifytest

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"timbre"
)

// Outbox is a timbre.Outbox in memory. It outlives dispatchers, as a database does. The zero value is empty.
type Outbox struct {
	// Fault, if set, is called by each method with its name: depths, due, load, settle, bury or giveup. Its error fails the method.
	Fault func(op string) error

	mu      sync.Mutex
	seq     int64
	rows    []*row
	dead    []timbre.Letter
	waited  map[string]time.Duration // of each target
	reads   int
	settles int
	empty   []chan struct{} // closed once there are no rows
}

type row struct {
	timbre.Pending
	next   time.Time
	reason string
	began  time.Duration // what its target had waited when it came
}

// Put adds notices, due at once.
func (o *Outbox) Put(notices ...timbre.Notice) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, n := range notices {
		o.seq++
		o.rows = append(o.rows, &row{Pending: timbre.Pending{Notice: n, Seq: o.seq}, began: o.waited[n.Target]})
	}
}

// Len returns how many notices wait.
func (o *Outbox) Len() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.rows)
}

// Dead returns the dead letters, in the order of their death.
func (o *Outbox) Dead() []timbre.Letter {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.dead)
}

// Empty returns a channel that is closed once no notice waits: each is delivered or a dead letter.
func (o *Outbox) Empty() <-chan struct{} {
	o.mu.Lock()
	defer o.mu.Unlock()
	c := make(chan struct{})
	o.empty = append(o.empty, c)
	o.signal()
	return c
}

// signal closes the channels of Empty if there are no rows. The caller holds the mutex.
func (o *Outbox) signal() {
	if len(o.rows) > 0 {
		return
	}
	for _, c := range o.empty {
		close(c)
	}
	o.empty = nil
}

// Reads returns how often Due has been called.
func (o *Outbox) Reads() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.reads
}

// Settles returns how often Settle has been called.
func (o *Outbox) Settles() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.settles
}

// lock locks the outbox for a method that may fail.
func (o *Outbox) lock(op string) (unlock func(), err error) {
	o.mu.Lock()
	if o.Fault != nil {
		err = o.Fault(op)
	}
	return o.mu.Unlock, err
}

// Depths implements timbre.Outbox.
func (o *Outbox) Depths(context.Context) (list []timbre.Depth, err error) {
	unlock, err := o.lock("depths")
	defer unlock()
	if err != nil {
		return nil, err
	}
	for _, r := range o.rows {
		i := slices.IndexFunc(list, func(d timbre.Depth) bool { return d.Target == r.Target })
		if i < 0 {
			i, list = len(list), append(list, timbre.Depth{Target: r.Target, Oldest: r.Created})
		}
		list[i].Waiting++
	}
	return list, nil
}

// Due implements timbre.Outbox.
func (o *Outbox) Due(_ context.Context, target string, now time.Time, limit int) (due timbre.Due, err error) {
	unlock, err := o.lock("due")
	defer unlock()
	o.reads++
	if err != nil {
		return due, err
	}
	var again []*row
	for _, r := range o.heads(target) {
		ahead := r.next.After(now) && !r.next.After(now.Add(2*timbre.NoticeWait))
		switch {
		case r.Tries == 0 && len(due.First) < limit:
			due.First = append(due.First, timbre.Head{Seq: r.Seq, Key: r.Key})
		case r.Tries > 0 && !ahead:
			again = append(again, r)
		case r.Tries > 0 && (due.Next.IsZero() || r.next.Before(due.Next)):
			due.Next = r.next
		}
	}
	slices.SortStableFunc(again, func(a, b *row) int { return cmp.Compare(a.next.UnixNano(), b.next.UnixNano()) })
	for _, r := range again[:min(limit, len(again))] {
		due.Again = append(due.Again, timbre.Head{Seq: r.Seq, Key: r.Key})
	}
	return due, nil
}

// heads returns the first row of each lane of a target. The caller holds the mutex.
func (o *Outbox) heads(target string) (heads []*row) {
	seen := map[string]bool{}
	for _, r := range o.rows {
		if r.Target == target && !seen[r.Key] {
			seen[r.Key] = true
			heads = append(heads, r)
		}
	}
	return heads
}

// Load implements timbre.Outbox.
func (o *Outbox) Load(_ context.Context, seqs []int64) (list []timbre.Pending, err error) {
	unlock, err := o.lock("load")
	defer unlock()
	if err != nil {
		return nil, err
	}
	for _, seq := range seqs {
		if i := o.find(seq); i >= 0 {
			list = append(list, o.rows[i].Pending)
		}
	}
	return list, nil
}

func (o *Outbox) find(seq int64) int {
	return slices.IndexFunc(o.rows, func(r *row) bool { return r.Seq == seq })
}

// Settle implements timbre.Outbox.
func (o *Outbox) Settle(_ context.Context, outcomes []timbre.Outcome) error {
	unlock, err := o.lock("settle")
	defer unlock()
	if err != nil {
		return err
	}
	o.settles++
	for _, out := range outcomes {
		i := o.find(out.Seq)
		if i < 0 {
			o.dead = slices.DeleteFunc(o.dead, func(l timbre.Letter) bool { return out.Fate == timbre.Delivered && l.Seq == out.Seq })
			continue
		}
		r := o.rows[i]
		if o.waited == nil {
			o.waited = map[string]time.Duration{}
		}
		o.waited[r.Target] += out.TargetWait
		switch out.Fate {
		case timbre.Delivered:
			o.rows = slices.Delete(o.rows, i, i+1)
		case timbre.Postponed:
			r.Tries, r.Waited, r.next, r.reason = r.Tries+1, r.Waited+out.Wait, out.Next, out.Death.Error
		default:
			r.Tries++
			o.bury(i, out.Death)
		}
	}
	o.signal()
	return nil
}

func (o *Outbox) bury(i int, d timbre.Death) {
	r := o.rows[i]
	d.Error = cmp.Or(d.Error, r.reason)
	o.dead = append(o.dead, timbre.Letter{Pending: r.Pending, Dead: true, Death: d})
	o.rows = slices.Delete(o.rows, i, i+1)
}

// Bury implements timbre.Outbox.
func (o *Outbox) Bury(_ context.Context, target string, age time.Duration, d timbre.Death, limit int) (n int, err error) {
	unlock, err := o.lock("bury")
	defer unlock()
	if err != nil {
		return 0, err
	}
	for i := 0; i < len(o.rows) && n < limit; i++ {
		if r := o.rows[i]; r.Target == target && r.began+age <= o.waited[target] {
			o.bury(i, d)
			i, n = i-1, n+1
		}
	}
	o.signal()
	return n, nil
}

// GiveUp implements timbre.Outbox. It counts payloads alone.
func (o *Outbox) GiveUp(_ context.Context, bound int64, limit int) (n int, over int64, err error) {
	unlock, err := o.lock("giveup")
	defer unlock()
	if err != nil {
		return 0, 0, err
	}
	over = -bound
	for _, r := range o.rows {
		over += int64(len(r.Payload))
	}
	for _, yield := range []timbre.Yield{timbre.YieldsFirst, timbre.YieldsLast} {
		o.rows = slices.DeleteFunc(o.rows, func(r *row) bool {
			if r.Yield != yield || over <= 0 || n == limit {
				return false
			}
			n, over = n+1, over-int64(len(r.Payload))
			return true
		})
	}
	o.signal()
	return n, max(0, over), nil
}
