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
		for _, b := range append(l.pass(binary.BigEndian.AppendUint32(nil, uint32(i))), nil) {
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
		"loss":          {Loss: 0.1, Spare: 3},
		"bursts":        {Loss: 0.1, Burst: 4},
		"duplicates":    {Double: 0.05},
		"reordering":    {Late: 0.3, Delay: 5},
		"all of it":     {Loss: 0.05, Burst: 2, Double: 0.05, Late: 0.3, Delay: 8, Spare: 10},
		"nothing comes": {Loss: 0.999999},
	} {
		got, tally := through(n, net)
		again, _ := through(n, net)
		if !slices.Equal(got, again) {
			t.Errorf("%s: it does not happen twice alike", name)
		}
		if len(got) != n-len(tally.Lost)+tally.Doubled || tally.Taken != n {
			t.Errorf("%s: %d arrive: %+v", name, len(got), tally)
		}
		if share := float64(len(tally.Lost)) / n; math.Abs(share-net.Loss) > 0.02 {
			t.Errorf("%s: %.3f lost", name, share)
		}
		if share := float64(tally.Doubled) / n; math.Abs(share-net.Double) > 0.01 {
			t.Errorf("%s: %.3f doubled", name, share)
		}
		highest, runs, came := -1, 0, make([]bool, n+1)
		came[n] = true
		for _, i := range got {
			if highest > i+net.Delay {
				t.Fatalf("%s: %d comes after %d", name, i, highest)
			}
			highest, came[i] = max(highest, i), true
		}
		for i := range n {
			if i < net.Spare && got[i] != i {
				t.Errorf("%s: not even %d is spared", name, i)
			}
			if !came[i] && came[i+1] {
				runs++
			}
			if came[i] == slices.Contains(tally.Lost, i) {
				t.Errorf("%s: whether %d is lost, nobody knows", name, i)
			}
		}
		if mean := float64(len(tally.Lost)) / float64(max(1, runs)); net.Burst > 1 && math.Abs(mean-net.Burst) > 0.3*net.Burst {
			t.Errorf("%s: runs of %.1f are lost", name, mean)
		}
	}
}

func TestProxyImpairsDatagrams(t *testing.T) {
	to, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	p, err := Open(to.LocalAddr().(*net.UDPAddr).AddrPort(), Network{Late: 1, Delay: 1000, Double: 1})
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
	seen, buf := map[byte]int{}, make([]byte, 10)
	for range 2 * n {
		if err := to.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
			t.Fatal(err)
		}
		size, via, err := to.ReadFromUDPAddrPort(buf)
		if err != nil || size != 1 || via != netip.AddrPortFrom(p.Addr().Addr(), p.Addr().Port()) {
			t.Fatalf("%d bytes from %v: %v", size, via, err)
		}
		seen[buf[0]]++
	}
	for i := range byte(n) {
		if seen[i] != 2 {
			t.Errorf("%d came %d times", i, seen[i])
		}
	}
	if got := p.Tally(); got.Taken != n || got.Doubled != n || len(got.Lost) != 0 || got.Delivered != 2*n {
		t.Errorf("%+v", got)
	}
}
