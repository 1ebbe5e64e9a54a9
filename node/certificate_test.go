package node

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"timbre/config"
)

// issue writes a certificate of a serial number; key says whether its key is written too.
func issue(t *testing.T, files config.TLS, serial int64, key bool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{SerialNumber: big.NewInt(serial), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, about, about, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalECPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, kind string, b []byte) {
		if err := os.WriteFile(name, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b}), 0o600); err != nil {
			t.Fatal(err)
		}
		at := time.Now().Add(time.Duration(serial) * time.Second) // the clock of a file system may be coarse
		if err := os.Chtimes(name, at, at); err != nil {
			t.Fatal(err)
		}
	}
	write(files.Cert, "CERTIFICATE", der)
	if key {
		write(files.Key, "EC PRIVATE KEY", raw)
	}
}

func TestChangedCertificateIsReloaded(t *testing.T) {
	folder := t.TempDir()
	files := config.TLS{Cert: filepath.Join(folder, "cert.pem"), Key: filepath.Join(folder, "key.pem")}
	var told strings.Builder
	log := slog.New(slog.NewTextHandler(&told, nil))
	if _, err := newCertificate("sip.tls", files, log); err == nil || !strings.Contains(err.Error(), "sip.tls: ") || !strings.Contains(err.Error(), "cert.pem") {
		t.Errorf("no files: %v", err)
	}
	issue(t, files, 1, true)
	c, err := newCertificate("sip.tls", files, log)
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		change func()
		serial int64
		log    string
	}{
		{func() {}, 1, ""},
		{func() { issue(t, files, 2, true) }, 2, "certificate reloaded"},
		{func() { issue(t, files, 3, false) }, 2, "stays in use"}, // its key is still to be written
		{func() {}, 2, ""},
		{func() { issue(t, files, 4, true) }, 4, "certificate reloaded"},
		{func() { _ = os.Remove(files.Key) }, 4, "stays in use"},
		{func() { issue(t, files, 5, true) }, 5, "certificate reloaded"},
	} {
		told.Reset()
		step.change()
		got, err := c.get(nil)
		if err != nil || got.Leaf.SerialNumber.Int64() != step.serial || (told.String() == "") != (step.log == "") || !strings.Contains(told.String(), step.log) {
			t.Errorf("serial %v %v, want %d; log %q", got.Leaf.SerialNumber, err, step.serial, told.String())
		}
	}
}
