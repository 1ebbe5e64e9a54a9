package check

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"strings"
	"time"

	"timbre/config"
)

// renewal is how long before its end a certificate should have been renewed.
const renewal = 14 * 24 * time.Hour

// checkCertificates looks at the certificates that the server shows, and at those that it checks others by.
func checkCertificates(_ context.Context, m machine, f *findings) {
	s := m.Settings
	found := len(f.report.Findings)
	for _, c := range []struct {
		key   string
		files config.TLS
	}{{"api.tls", s.API.TLS}, {"admin.tls", s.Admin.TLS}, {"sip.tls", s.SIP.TLS}, {"feed.tls", s.Feed.TLS}} {
		if c.files.Cert != "" {
			m.checkPair(f, c.key, c.files)
		}
	}
	for key, path := range map[string]string{"notify.kafka.ca": s.Notify.Kafka.CA, "notify.nats.ca": s.Notify.NATS.CA} {
		if path != "" {
			m.checkAuthorities(f, key, path)
		}
	}
	if len(f.report.Findings) == found {
		f.ok("the settings have none")
	}
}

// checkPair looks at a certificate with its key.
func (m machine) checkPair(f *findings, key string, files config.TLS) {
	pair, err := tls.LoadX509KeyPair(files.Cert, files.Key)
	if err != nil {
		f.fail(key+": "+strings.TrimPrefix(reason(err), "tls: "), fmt.Sprintf("%s.cert is a chain in PEM, the server's own certificate first, and %s.key is its key", key, key))
		return
	}
	if info, err := os.Stat(files.Key); err == nil && info.Mode().Perm()&0o007 != 0 {
		f.warn(fmt.Sprintf("%s: others may read %s (mode %04o)", key, files.Key, info.Mode().Perm()), "chmod o= "+files.Key)
	}
	m.checkDates(f, key, files.Cert, pair.Leaf)
}

// checkAuthorities looks at certificates by which those of others are checked.
func (m machine) checkAuthorities(f *findings, key, path string) {
	text, err := os.ReadFile(path)
	if err != nil {
		f.fail(key+": "+reason(err), "give it a file of certificates in PEM")
		return
	}
	var authorities []*x509.Certificate
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if c, err := x509.ParseCertificate(block.Bytes); err == nil && block.Type == "CERTIFICATE" {
			authorities = append(authorities, c)
		}
	}
	if len(authorities) == 0 {
		f.fail(key+": "+path+" has no certificate", "give it a file of certificates in PEM")
		return
	}
	for _, c := range authorities {
		m.checkDates(f, key, path, c)
	}
}

// checkDates says whether a certificate counts now, and for how long.
func (m machine) checkDates(f *findings, key, path string, c *x509.Certificate) {
	now, day := m.env.Now(), func(t time.Time) string { return t.UTC().Format(time.DateOnly) }
	switch left := c.NotAfter.Sub(now); {
	case left <= 0:
		f.fail(fmt.Sprintf("%s: %s has expired on %s", key, path, day(c.NotAfter)), "renew it; a running server takes the new file by itself")
	case now.Before(c.NotBefore):
		f.fail(fmt.Sprintf("%s: %s counts from %s on", key, path, day(c.NotBefore)), "set the clock, or make a certificate that counts now")
	case left < renewal:
		f.warn(fmt.Sprintf("%s: %s ends on %s", key, path, day(c.NotAfter)), "renew it; a running server takes the new file by itself")
	default:
		f.ok("%s: %s, of %s, counts until %s", key, path, strings.Join(names(c), ", "), day(c.NotAfter))
	}
}

// names are what a certificate is of.
func names(c *x509.Certificate) []string {
	list := c.DNSNames
	for _, ip := range c.IPAddresses {
		list = append(list, ip.String())
	}
	if len(list) == 0 {
		list = []string{c.Subject.String()}
	}
	return list
}
