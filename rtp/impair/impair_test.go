package impair

import (
	"encoding/binary"
	"math"
	"net"
	"net/netip"
	"slices"
	"testing"
	"time"
)

// through sends n numbered datagrams through a network and gives the numbers that arrive.
func through(n int, net Network) (arrived []int, tally Tally) {
	l := newLink(net)
	for i := range n {
		for _, b := range append(l.take(binary.BigEndian.AppendUint32(nil, uint32(i))), nil) {
			if b != nil {
				arrived = append(arrived, int(binary.BigEndian.Uint32(b)))
			}
		}
	}
	for _, b := range l.arrive(math.MaxInt) {
		arrived = append(arrived, int(binary.BigEndian.Uint32(b)))
	}
	return arrived, l.tally
}

func TestNetworkImpairsAsConfigured(t *testing.T) {
	const n = 20000
	for name, net := range map[string]Network{
		"nothing":       {},
		"loss":          {Loss: 0.1, Intact: 3},
		"bursts":        {Loss: 0.1, Burst: 4},
		"duplicates":    {Duplicate: 0.05},
		"reordering":    {Reorder: 0.3, Delay: 5},
		"all of it":     {Loss: 0.05, Burst: 2, Duplicate: 0.05, Reorder: 0.3, Delay: 8, Intact: 10},
		"nothing comes": {Loss: 0.999999},
	} {
		t.Run(name, func(t *testing.T) {
			got, tally := through(n, net)
			if again, _ := through(n, net); !slices.Equal(got, again) {
				t.Error("got another outcome for the same seed")
			}
			if len(got) != n-len(tally.Lost)+tally.Duplicated || tally.Received != n {
				t.Errorf("got %d datagrams: %+v", len(got), tally)
			}
			checkShares(t, net, tally, n)
			checkDelays(t, net, got)
			checkBursts(t, net, got, tally, n)
		})
	}
}

// checkShares compares the shares of lost and doubled datagrams with the configured ones.
func checkShares(t *testing.T, net Network, tally Tally, n float64) {
	t.Helper()
	if share := float64(len(tally.Lost)) / n; math.Abs(share-net.Loss) > 0.02 {
		t.Errorf("got loss %.3f, want %.3f", share, net.Loss)
	}
	if share := float64(tally.Duplicated) / n; math.Abs(share-net.Duplicate) > 0.01 {
		t.Errorf("got %.3f doubled, want %.3f", share, net.Duplicate)
	}
}

// checkDelays checks that no datagram is overtaken by more than the configured number, and that the spared ones are in place.
func checkDelays(t *testing.T, net Network, got []int) {
	t.Helper()
	highest := -1
	for at, i := range got {
		if highest > i+net.Delay {
			t.Fatalf("got %d after %d, want at most %d between", i, highest, net.Delay)
		}
		if at < net.Intact && at != i {
			t.Errorf("got %d in place %d of the spared ones", i, at)
		}
		highest = max(highest, i)
	}
}

// checkBursts checks that each datagram is either lost or delivered, and the mean length of bursts of loss.
func checkBursts(t *testing.T, net Network, got []int, tally Tally, n int) {
	t.Helper()
	runs, came := 0, make([]bool, n+1)
	came[n] = true
	for _, i := range got {
		came[i] = true
	}
	for i := range n {
		if !came[i] && came[i+1] {
			runs++
		}
		if came[i] == slices.Contains(tally.Lost, i) {
			t.Errorf("got datagram %d both lost and delivered, or neither", i)
		}
	}
	if mean := float64(len(tally.Lost)) / float64(max(1, runs)); net.Burst > 1 && math.Abs(mean-net.Burst) > 0.3*net.Burst {
		t.Errorf("got bursts of %.1f, want %.1f", mean, net.Burst)
	}
}

func TestProxyImpairsDatagrams(t *testing.T) {
	to, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	p, err := Open(to.LocalAddr().(*net.UDPAddr).AddrPort(), Network{Reorder: 1, Delay: 1000, Duplicate: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	from, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(p.Addr()))
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	const n = 20
	for i := range byte(n) {
		if _, err := from.Write([]byte{i}); err != nil {
			t.Fatal(err)
		}
	}
	p.Wait(n)
	p.Flush()
	seen := receive(t, to, 2*n, netip.AddrPortFrom(p.Addr().Addr(), p.Addr().Port()))
	for i := range byte(n) {
		if seen[i] != 2 {
			t.Errorf("got %d %d times, want 2", i, seen[i])
		}
	}
	if got := p.Tally(); got.Received != n || got.Duplicated != n || len(got.Lost) != 0 || got.Delivered != 2*n {
		t.Errorf("got %+v, want %d taken and doubled", got, n)
	}
}

// receive counts n datagrams of one byte from an address, by that byte.
func receive(t *testing.T, at *net.UDPConn, n int, from netip.AddrPort) map[byte]int {
	t.Helper()
	seen, buf := map[byte]int{}, make([]byte, 10)
	for range n {
		if err := at.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
			t.Fatal(err)
		}
		size, via, err := at.ReadFromUDPAddrPort(buf)
		if err != nil || size != 1 || via != from {
			t.Fatalf("got %d bytes from %v: %v, want 1 from %v", size, via, err, from)
		}
		seen[buf[0]]++
	}
	return seen
}
