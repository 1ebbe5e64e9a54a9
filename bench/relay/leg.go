package main

import (
	"fmt"
	"net/netip"
	"regexp"

	"timbre/bench/media"
)

var audioLine = regexp.MustCompile(`(?m)^m=audio (\d+) `)

// legTo is a leg to where a session description has audio.
func legTo(sdp string) (*media.Leg, error) {
	m := audioLine.FindStringSubmatch(sdp)
	if m == nil {
		return nil, fmt.Errorf("no audio in %q", sdp)
	}
	to, err := netip.ParseAddrPort("127.0.0.1:" + m[1])
	return &media.Leg{To: to}, err
}
