package config_test

import (
	"testing"

	"timbre/config"
)

func TestAPIIsPlainOnLoopbackOnly(t *testing.T) {
	for _, c := range []struct {
		listen         config.Address
		cert, insecure bool
		starts         bool
	}{
		{"127.0.0.1:8080", false, false, true},
		{"127.1.2.3:8080", false, false, true},
		{"[::1]:8080", false, false, true},
		{"[::ffff:127.0.0.1]:8080", false, false, true},
		{"localhost:8080", false, false, true},
		{"localhost.example.com:8080", false, false, false},
		{":8080", false, false, false},
		{"0.0.0.0:8080", true, false, true},
		{"0.0.0.0:8080", false, true, true},
	} {
		s := config.Defaults()
		s.API.Listen, s.Insecure = c.listen, c.insecure
		if c.cert {
			s.API.TLS = config.TLS{Cert: "cert.pem", Key: "key.pem"}
		}
		if err := s.Validate(); (err == nil) != c.starts {
			t.Errorf("%s, certificate %t, insecure %t: got error %v, want to start %t", c.listen, c.cert, c.insecure, err, c.starts)
		}
	}
}
