package transport

import (
	"crypto/tls"
	"slices"
	"testing"

	"timbre"
	"timbre/environment"
)

// Connectors recommend these suites of TLS 1.2; the standard library has them.
func TestRecommendedCipherSuitesAreOffered(t *testing.T) {
	offered := map[string]bool{}
	for _, s := range slices.Concat(tls.CipherSuites(), tls.InsecureCipherSuites()) {
		if slices.Contains(cipherSuites, s.ID) {
			offered[s.Name] = true
		}
	}
	for _, name := range []string{
		"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
		"TLS_RSA_WITH_AES_256_GCM_SHA384", "TLS_RSA_WITH_AES_128_GCM_SHA256", "TLS_RSA_WITH_AES_128_CBC_SHA256",
	} {
		if !offered[name] {
			t.Errorf("got no %s", name)
		}
	}
}

func TestTLSNeedsACertificate(t *testing.T) {
	_, err := New(environment.Environment{}, Config{Listen: []string{"tls://127.0.0.1:0"}}, Deps{Sources: &verdicts{}})
	if timbre.KindOf(err) != timbre.Invalid {
		t.Errorf("got %v, want an error of kind Invalid", err)
	}
}
