package recording

import (
	"net/netip"
	"testing"
)

func TestMediaAddresses(t *testing.T) {
	four, six := netip.MustParseAddr("203.0.113.7"), netip.MustParseAddr("2001:db8::7")
	for name, c := range map[string]struct {
		cfg          Config
		local, media string // addresses: that the INVITE arrived at, and that media comes from
		announced    string
		received     string // the local address; empty: any
	}{
		"nothing is set":            {Config{}, "10.0.0.5", "192.0.2.1", "10.0.0.5", "10.0.0.5"},
		"behind NAT":                {Config{MediaAddress: four}, "10.0.0.5", "192.0.2.1", "203.0.113.7", ""},
		"the other family is set":   {Config{MediaAddress: four}, "fd00::5", "fd00::9", "fd00::5", "fd00::5"},
		"both are":                  {Config{MediaAddress: four, MediaAddress6: six}, "fd00::5", "192.0.2.1", "203.0.113.7", ""},
		"media of IPv6 alone is":    {Config{MediaAddress6: six}, "10.0.0.5", "2001:db8::9", "2001:db8::7", ""},
		"an old way of saying hold": {Config{}, "fd00::5", "0.0.0.0", "fd00::5", "fd00::5"},
	} {
		t.Run(name, func(t *testing.T) {
			s := &Server{cfg: c.cfg}
			local, media := netip.MustParseAddr(c.local), netip.MustParseAddr(c.media)
			received := ""
			if a := s.mediaSocket(local, media); a.IsValid() {
				received = a.String()
			}
			if announced := s.mediaAddress(local, media).String(); announced != c.announced || received != c.received {
				t.Errorf("got %s announced, %q received at, want %s, %q", announced, received, c.announced, c.received)
			}
		})
	}
}
