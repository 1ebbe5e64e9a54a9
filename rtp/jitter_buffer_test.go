package rtp

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"

	"timbre"
)

// train is a sequence of packets of equal length whose sequence numbers and timestamps wrap around. Each carries its index.
func train(n, samples int) []packet {
	packets := make([]packet, n)
	for i := range packets {
		payload := make([]byte, samples)
		binary.BigEndian.PutUint32(payload, uint32(i))
		packets[i] = packet{
			ssrc: 7, seq: uint16(0xFFF0 + i), ts: uint32(0xFFFFF800 + i*samples), codec: timbre.PCMU, payload: payload,
		}
	}
	return packets
}

// place is the index of a packet in its train.
func place(p packet) int { return int(binary.BigEndian.Uint32(p.payload)) }

// line is a jitter buffer and the indices that it has emitted.
func line() (*jitterBuffer, *[]int) {
	var out []int
	return &jitterBuffer{out: stageFunc(func(p packet) { out = append(out, place(p)) })}, &out
}

// shuffle simulates a network: each packet is delayed by less than maxDelay, lost or duplicated, as dice says. The first one is
// delivered, because it starts the sequence.
func shuffle(packets []packet, dice func() byte) (arriving []packet, missing, doubled int) {
	type arrival struct {
		at int
		p  packet
	}
	var all []arrival
	for i, p := range packets {
		delay, fate := 0, byte(0)
		if i > 0 {
			delay, fate = int(dice())*(maxDelay-len(p.payload))/255, dice()
		}
		if fate > 230 {
			missing++
			continue
		}
		at := i*len(p.payload) + delay
		all = append(all, arrival{at, p})
		if fate > 200 {
			doubled++
			all = append(all, arrival{at + int(fate)%3*len(p.payload), p})
		}
	}
	slices.SortStableFunc(all, func(a, b arrival) int { return a.at - b.at })
	for _, a := range all {
		arriving = append(arriving, a.p)
	}
	return arriving, missing, doubled
}

// checkOrder pushes a shuffled train through a jitter buffer, which must restore the order.
func checkOrder(t *testing.T, samples int, dice func() byte) {
	t.Helper()
	packets := train(200, samples)
	arriving, missing, doubled := shuffle(packets, dice)
	r, out := line()
	duplicates := 0
	for _, p := range arriving {
		switch r.push(p) {
		case duplicate:
			duplicates++
		case late, outOfSequence:
			t.Fatalf("got packet %d of %d samples refused, want it accepted", place(p), samples)
		case accepted, restarted:
		}
	}
	r.flush()
	if !slices.IsSorted(*out) || len(*out) != len(packets)-missing {
		t.Fatalf("%d samples a packet, %d missing: got %v, want all others in order", samples, missing, *out)
	}
	if duplicates != doubled {
		t.Fatalf("got %d duplicates, want %d", duplicates, doubled)
	}
	if last := (*out)[len(*out)-1]; int(r.lost) != last+1-len(*out) {
		t.Fatalf("got %d lost, want %d", r.lost, last+1-len(*out))
	}
	if r.count != 0 || r.size != 0 {
		t.Fatalf("got %d packets of %d bytes held, want none", r.count, r.size)
	}
}

func TestReorderingWithinMaxDelayIsUndone(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	for _, ms := range []int{5, 10, 20, 30, 40, 60} {
		for range 100 {
			checkOrder(t, ms*8, func() byte { return byte(dice.Uint32()) })
		}
	}
}

func FuzzJitterBuffer(f *testing.F) {
	f.Add(byte(2), []byte{})
	f.Add(byte(1), []byte{255, 0, 0, 0, 128, 210, 0, 255})
	f.Add(byte(3), []byte("any permutation, loss and duplication"))
	f.Fuzz(func(t *testing.T, ptime byte, rolls []byte) {
		at := 0
		checkOrder(t, 80*(int(ptime)%6+1), func() byte {
			if len(rolls) == 0 {
				return 0
			}
			at++
			return rolls[at%len(rolls)] + byte(at/len(rolls))
		})
	})
}

func TestPacketsInOrderAreEmittedAtOnce(t *testing.T) {
	r, out := line()
	for i, p := range train(300, 160) {
		r.push(p)
		if len(*out) != i+1 {
			t.Fatalf("got %d emitted after packet %d, want all", len(*out), i)
		}
	}
}

func TestGapIsGivenUpAfterMaxDelay(t *testing.T) {
	r, out := line()
	packets := train(20, 160)
	r.push(packets[0])
	for _, p := range packets[2:12] { // 200 ms
		r.push(p)
	}
	if len(*out) != 1 || r.lost != 0 {
		t.Fatalf("got %d emitted and %d lost after 200 ms, want 1 and 0", len(*out), r.lost)
	}
	r.push(packets[12])
	if len(*out) != 12 || r.lost != 1 {
		t.Fatalf("got %d emitted and %d lost after more than 200 ms, want 12 and 1", len(*out), r.lost)
	}
	if what := r.push(packets[1]); what != late {
		t.Errorf("got %d for the packet given up, want late", what)
	}
	if what := r.push(packets[1]); what != duplicate {
		t.Errorf("got %d for its copy, want duplicate", what)
	}
}

func TestPacketsAfterLossAcrossPauseStayInOrder(t *testing.T) {
	r, out := line()
	packets := train(8, 160)
	for i := range packets[3:] {
		packets[3+i].ts += 30 * 8000
	}
	for _, i := range []int{0, 1, 2, 4, 3, 6, 5, 7} {
		r.push(packets[i])
	}
	if want := []int{0, 1, 2, 3, 4, 5, 6, 7}; !slices.Equal(*out, want) {
		t.Errorf("got %v, want %v", *out, want)
	}
}

func TestLossOfManySlotsIsGivenUp(t *testing.T) {
	r, out := line()
	packets := train(2000, 160)
	r.push(packets[0])
	for _, p := range packets[1500:] {
		r.push(p)
	}
	r.flush()
	if len(*out) != 501 || r.lost != 1499 {
		t.Errorf("got %d emitted and %d lost, want 501 and 1499", len(*out), r.lost)
	}
}

func TestSecondPacketConfirmsNewSource(t *testing.T) {
	r, out := line()
	old, packets := train(10, 160), train(20, 160)
	for i := range packets[10:] {
		packets[10+i].ssrc, packets[10+i].seq, packets[10+i].ts = 9, uint16(i), uint32(i*160)
	}
	for _, p := range slices.Concat(old[:9], packets[10:12], old[9:], packets[12:]) {
		if what := r.push(p); (what == outOfSequence) != (p.ssrc == 7 && place(p) == 9 || place(p) == 10) {
			t.Errorf("got %d for packet %d of source %d", what, place(p), p.ssrc)
		}
	}
	if want := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19}; !slices.Equal(*out, want) {
		t.Errorf("got %v, want %v", *out, want)
	}
	for i, p := range train(20, 160)[10:] { // the first source returns
		if what := r.push(p); (what == outOfSequence) != (i < maxSwitches-1) {
			t.Errorf("got %d for packet %d of the first source, want it out of sequence before %d", what, i, maxSwitches-1)
		}
	}
}

func TestSinglePacketOfOtherSourceIsIgnored(t *testing.T) {
	r, out := line()
	packets := train(12, 160)
	want := make([]int, 0, len(packets))
	for i, p := range packets {
		forged := p
		forged.ssrc, forged.seq = 666, uint16(i)
		if what := r.push(forged); i > 0 && what != outOfSequence {
			t.Errorf("got %d for forged packet %d, want out of sequence", what, i)
		}
		if i == 0 { // the first packet of all needs no confirmation
			r, out = line()
		}
		if what := r.push(p); what == outOfSequence {
			t.Errorf("got packet %d out of sequence, want it accepted", i)
		}
		want = append(want, i)
	}
	if !slices.Equal(*out, want) || r.lost != 0 {
		t.Errorf("got %v and %d lost, want %v and 0", *out, r.lost, want)
	}
}

func TestNewSourceAfterPauseNeedsNoConfirmation(t *testing.T) {
	r, out := line()
	packets := train(2, 160)
	packets[1].ssrc, packets[1].seq, packets[1].idle = 9, 77, maxDelay
	for _, p := range packets {
		if what := r.push(p); what != restarted {
			t.Errorf("got %d for packet %d, want restarted", what, place(p))
		}
	}
	if !slices.Equal(*out, []int{0, 1}) {
		t.Errorf("got %v, want [0 1]", *out)
	}
}

func TestLargeSequenceJumpNeedsConfirmation(t *testing.T) {
	r, out := line()
	packets := train(10, 160)
	for i := range packets[5:] {
		packets[5+i].seq += 20000
	}
	one := packets[0]
	one.seq += 30000
	for _, p := range slices.Concat(packets[:3], []packet{one}, packets[3:]) {
		r.push(p)
	}
	if want := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}; !slices.Equal(*out, want) || r.lost != 0 {
		t.Errorf("got %v and %d lost, want %v and 0", *out, r.lost, want)
	}
}

// stageFunc is a stage.
type stageFunc func(packet)

func (f stageFunc) add(p packet) { f(p) }
