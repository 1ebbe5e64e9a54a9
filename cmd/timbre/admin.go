package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http"
	"os"

	"timbre/config"
	"timbre/node"
)

// operator is who asks the admin port.
type operator struct {
	Token string `env:"TIMBRE_OPERATOR_TOKEN" placeholder:"TOKEN" help:"Token of the server; by default, that of the key file in the data folder."`
}

// token is the one given, or that of the data folder.
func (o operator) token(s config.Settings) (string, error) {
	if o.Token != "" {
		return o.Token, nil
	}
	return node.OperatorToken(s)
}

// adminURL is where the settings have the admin port.
func adminURL(s config.Settings) string {
	if s.Admin.TLS.Cert != "" {
		return "https://" + string(s.Admin.Listen)
	}
	return "http://" + string(s.Admin.Listen)
}

// adminClient returns a client that trusts the certificate which the settings give the admin port.
func adminClient(s config.Settings) (*http.Client, error) {
	if s.Admin.TLS.Cert == "" {
		return new(http.Client), nil
	}
	trusted, err := trust(s.Admin.TLS.Cert)
	if err != nil {
		return nil, fmt.Errorf("admin.tls.cert: %w", err)
	}
	return &http.Client{Transport: &http.Transport{TLSClientConfig: trusted}}, nil
}

// trust trusts the server that has the certificate of a file, whatever address it is asked by.
func trust(file string) (*tls.Config, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("%s has no certificate", file)
	}
	leaf, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s has no certificate: %w", file, err)
	}
	trusted := &tls.Config{RootCAs: x509.NewCertPool(), MinVersion: tls.VersionTLS12}
	trusted.RootCAs.AppendCertsFromPEM(text)
	switch {
	case len(leaf.DNSNames) > 0:
		trusted.ServerName = leaf.DNSNames[0]
	case len(leaf.IPAddresses) > 0:
		trusted.ServerName = leaf.IPAddresses[0].String()
	}
	return trusted, nil
}

// pass is `timbre token`.
type pass struct {
	config.Settings `uses:"data"`
}

// Run prints the operator's token.
func (p pass) Run(context.Context) error {
	token, err := node.OperatorToken(p.Settings)
	if err != nil {
		return err
	}
	_, err = fmt.Println(token)
	return err
}
