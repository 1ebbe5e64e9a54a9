package test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
)

// With a certificate the API accepts only TLS.
func TestAPIOverTLS(t *testing.T) {
	s := settings(t, t.TempDir(), newReceiver(t))
	var trusted *x509.CertPool
	s.API.TLS.Cert, s.API.TLS.Key, trusted = certificate(t)
	n := start(t, s)
	client := voice.New(voice.Options{
		Region: "us-east-1", BaseEndpoint: aws.String("https://" + n.API),
		Credentials: credentials.NewStaticCredentialsProvider(keyID, secret, ""),
		HTTPClient:  &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted}}},
	})
	if _, err := client.ListVoiceConnectors(t.Context(), &voice.ListVoiceConnectorsInput{}); err != nil {
		t.Error(err)
	}
	unencrypted, _ := clients(n.API)
	if _, err := unencrypted.ListVoiceConnectors(t.Context(), &voice.ListVoiceConnectorsInput{}, func(o *voice.Options) { o.RetryMaxAttempts = 1 }); err == nil {
		t.Error("got a response to unencrypted HTTP, want none")
	}
}

// certificate creates a self-signed certificate for loopback.
func certificate(t *testing.T) (certFile, keyFile string, trusted *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	must(t, err)
	private, err := x509.MarshalECPrivateKey(key)
	must(t, err)
	folder := t.TempDir()
	certFile, keyFile = filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	must(t, os.WriteFile(certFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	must(t, os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: private}), 0o600))
	parsed, err := x509.ParseCertificate(der)
	must(t, err)
	trusted = x509.NewCertPool()
	trusted.AddCert(parsed)
	return certFile, keyFile, trusted
}
