package rtp

import (
	"math/rand/v2"
	"net"
	"time"
)

// sniff is how long a pair is listened to before it is used, while strays are to be expected: packets come every 20 ms, and every
// 60 ms at most from the senders in use.
const sniff = 60 * time.Millisecond

// Beware keeps pairs out of use for some time on which packets arrive before anybody can know that they are open. After a crash the peers
// of calls that were live go on sending, often from the very host that places new calls: without this, one caller would be heard
// in another one's call. It delays each new stream by the time that it takes to notice them, and begins anywhere in the range, so
// that strays are few. Call it before the first stream is opened.
func (p *Pool) Beware(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wary = time.Now().Add(d)
	for _, pairs := range [][]freePair{p.low, p.high} {
		rand.Shuffle(len(pairs), func(i, j int) { pairs[i], pairs[j] = pairs[j], pairs[i] })
	}
}

func (p *Pool) isWary() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return time.Now().Before(p.wary)
}

// stray reports whether packets arrive at a socket whose address nobody knows.
func stray(c *net.UDPConn) bool {
	if err := c.SetReadDeadline(time.Now().Add(sniff)); err != nil {
		return false
	}
	_, _, err := c.ReadFromUDPAddrPort(make([]byte, 1))
	_ = c.SetReadDeadline(time.Time{}) // an error comes again at the first read of the stream
	return err == nil
}
