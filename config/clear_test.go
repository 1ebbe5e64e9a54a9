package config_test

import (
	"slices"
	"testing"

	"timbre/config"
)

func TestPortsInTheClearAreNamed(t *testing.T) {
	secure := config.TLS{Cert: "cert.pem", Key: "key.pem"}
	for name, c := range map[string]struct {
		change func(*config.Settings)
		want   []string
	}{
		"by default":             {func(*config.Settings) {}, nil},
		"on every address":       {func(s *config.Settings) { s.Admin.Listen, s.Feed.Listen = "0.0.0.0:9090", "[::]:8081" }, []string{"admin.listen", "feed.listen"}},
		"by name":                {func(s *config.Settings) { s.Feed.Listen = "feed.example.com:8081" }, []string{"feed.listen"}},
		"feeds of this machine":  {func(s *config.Settings) { s.Feed.Listen = "[::1]:8081" }, nil},
		"with their certificate": {func(s *config.Settings) { s.Admin.Listen, s.Admin.TLS = ":9090", secure }, nil},
	} {
		s := config.Defaults()
		c.change(&s)
		if got := s.InTheClear(); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}
