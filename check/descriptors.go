package check

import (
	"context"
	"fmt"

	"timbre/door"
	"timbre/rtp"
)

// pairs is how many pairs of an even port and the next one a range holds.
func (m machine) pairs() int {
	first, last := int(m.Settings.RTP.Ports.First), int(m.Settings.RTP.Ports.Last)
	return (last + 1 - first - first%2) / 2
}

// others is what a server has open beside the streams of calls: database, logs, connections of sinks.
const others = 200

// enough is the limit of descriptors at which every pair of ports can have a stream: the server keeps a part for live calls.
func enough(pairs int) int {
	return (pairs*rtp.PerStream + others) * int(door.ForLive) / (int(door.ForLive) - 1)
}

// checkDescriptors compares the limit of descriptors with what rtp.ports plans for.
func checkDescriptors(_ context.Context, m machine, f *findings) {
	limit, streams := m.room()
	switch pairs := m.pairs(); {
	case limit == 0:
		f.ok("this system does not tell how many there may be")
	case streams < pairs:
		f.warn(fmt.Sprintf("%d allow %d streams, and rtp.ports has pairs for %d", limit, streams, pairs),
			fmt.Sprintf("LimitNOFILE=%d in the unit of the service, or ulimit -n; or fewer rtp.ports", enough(pairs)))
	default:
		f.ok("%d, room for the %d streams of rtp.ports", limit, pairs)
	}
}
