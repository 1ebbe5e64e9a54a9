package node

import (
	"context"
	"crypto/tls"
	"net/http"
	"testing"
)

func TestAdminPortSpeaksTLSWithItsOwnCertificate(t *testing.T) {
	n, _ := reloadable(t)
	n.settings.Admin.Listen, n.settings.Admin.TLS = "127.0.0.1:0", issued(t, t.TempDir(), 7)
	if err := n.openAdmin(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !n.AdminSecure || n.certificates["admin.tls"] == nil {
		t.Errorf("got secure %t and certificates %v, want that of admin.tls, which a reload renews", n.AdminSecure, n.certificates)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- n.http[len(n.http)-1].serve(ctx) }()
	client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true}}
	for scheme, want := range map[string]int{"https": http.StatusOK, "http": http.StatusBadRequest} {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://"+n.Admin+"/metrics", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != want {
			t.Errorf("%s: got %d, want %d", scheme, answer.StatusCode, want)
		}
		if scheme == "https" && answer.TLS.PeerCertificates[0].SerialNumber.Int64() != 7 {
			t.Errorf("got certificate %s, want 7", answer.TLS.PeerCertificates[0].SerialNumber)
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
