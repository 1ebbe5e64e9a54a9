package config

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
)

// Mapping gives whoever has a value of a claim the rights of an access key.
type Mapping struct{ Value, KeyID string }

// UnmarshalText parses "value=key id". The value may contain =, as names of LDAP do.
func (m *Mapping) UnmarshalText(text []byte) error {
	at := strings.LastIndexByte(string(text), '=')
	if at < 1 || !validKeyID(string(text[at+1:])) {
		return fmt.Errorf("%q is not VALUE=KEY_ID, with the id of an access key", text)
	}
	*m = Mapping{string(text[:at]), string(text[at+1:])}
	return nil
}

func (m Mapping) String() string { return m.Value + "=" + m.KeyID }

// secureURL accepts a URL that nobody can read or alter the requests of: https, or http within this machine.
func secureURL(s string) bool {
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.ForceQuery {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && Address(net.JoinHostPort(u.Hostname(), "0")).loopback()
}

// ofHost accepts a secure URL of a scheme and a host alone, in the form in which browsers send the host.
func ofHost(s string) bool {
	u, err := url.Parse(s)
	port := map[string]string{"https": "443", "http": "80"}
	return secureURL(s) && err == nil && s == strings.ToLower(u.Scheme+"://"+u.Host) && !strings.HasSuffix(s, ":") && u.Port() != port[u.Scheme]
}

// checkOIDC refuses an issuer without the settings that it needs, and those without an issuer.
func checkOIDC(s *Settings) error {
	o := s.Admin.OIDC
	for _, needed := range []struct {
		key     string
		missing bool
	}{
		{"client_id", o.ClientID == ""},
		{"client_secret_file", o.Secret == ""},
		{"url", o.URL == ""},
		{"users", len(o.Users) == 0},
	} {
		switch {
		case o.Issuer == "" && !needed.missing:
			return fmt.Errorf("admin.oidc.%s needs admin.oidc.issuer", needed.key)
		case o.Issuer != "" && needed.missing:
			return fmt.Errorf("admin.oidc.issuer needs admin.oidc.%s", needed.key)
		}
	}
	if o.Issuer == "" {
		return nil
	}
	for i, m := range o.Users {
		if slices.ContainsFunc(o.Users[:i], func(other Mapping) bool { return other.Value == m.Value }) {
			return fmt.Errorf("admin.oidc.users has %s twice", m.Value)
		}
	}
	if u, err := url.Parse(o.URL); err != nil || !s.Admin.knows(u.Hostname()) {
		return fmt.Errorf("admin.oidc.url: its host is not in admin.hosts")
	}
	return nil
}
