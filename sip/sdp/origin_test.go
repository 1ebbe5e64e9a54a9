package sdp

import (
	"net/netip"
	"strconv"
	"strings"
	"testing"
)

func TestOriginCountsChanges(t *testing.T) {
	o := NewOrigin()
	for i, c := range []struct {
		description string
		changed     bool
		version     uint64
	}{{"a", true, 1}, {"a", false, 1}, {"b", true, 2}, {"a", true, 3}} {
		if changed := o.Update(c.description); changed != c.changed || o.Version != c.version {
			t.Errorf("update %d: got changed %v, version %d, want %v, %d", i, changed, o.Version, c.changed, c.version)
		}
	}
	want := "o=- " + strconv.FormatUint(o.ID, 10) + " 3 IN IP6 fe80::1"
	if got := o.Line(netip.MustParseAddr("fe80::1%eth0")); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if other := NewOrigin(); other.ID == o.ID || strings.HasPrefix(strconv.FormatUint(o.ID, 10), "-") {
		t.Errorf("got id %d twice, want another", o.ID)
	}
}
