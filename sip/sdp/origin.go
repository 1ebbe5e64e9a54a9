package sdp

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"net/netip"
)

// Origin is the o= line of the descriptions of one session (RFC 8866, 5.2).
type Origin struct {
	ID      uint64 // random, of 63 bits
	Version uint64 // of the last description; 0: there was none

	last string
}

// NewOrigin makes the origin of a new session.
func NewOrigin() Origin {
	var id [8]byte
	_, _ = rand.Read(id[:]) // never fails
	return Origin{ID: binary.BigEndian.Uint64(id[:]) >> 1}
}

// Update increments the version if a description, taken without its o= line, differs from the last one (RFC 3264, 8).
func (o *Origin) Update(description string) (changed bool) {
	if description == o.last && o.Version > 0 {
		return false
	}
	o.Version, o.last = o.Version+1, description
	return true
}

// Line is the o= line with a local address.
func (o *Origin) Line(address netip.Addr) string {
	return fmt.Sprintf("o=- %d %d IN %s %s", o.ID, o.Version, family(address), address.WithZone(""))
}
