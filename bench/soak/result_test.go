package main

import (
	"testing"
	"time"
)

// A server that takes 5 µs a packet carries 2,000 calls of 100 packets a second; another 5 µs of the kernel for each halves that.
func TestKernelIsChargedApart(t *testing.T) {
	r := result{span: 10 * time.Second, cpu: 500 * time.Millisecond, watched: 100_000, sender: time.Hour, kernel: 500 * time.Millisecond, offered: 100_000}
	server, kernel := r.packet()
	if alone, both := callsOfCore(server), callsOfCore(server+kernel); alone != 2000 || both != 1000 {
		t.Errorf("got %v calls a core, %v with the kernel, want 2000 and 1000", alone, both)
	}
}

func TestTooFewPacketsMeasureNothing(t *testing.T) {
	for offered, fails := range map[uint64]bool{10_000: false, 9_900: false, 9_000: true, 0: true} {
		if err := (result{span: time.Second, offered: offered}).check(100); (err != nil) != fails {
			t.Errorf("%d of 10000 packets: got %v", offered, err)
		}
	}
}
