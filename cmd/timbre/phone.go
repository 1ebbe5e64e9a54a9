package main

import (
	"cmp"
	"context"
	"net/netip"
	"os"
	"slices"

	"timbre"
	"timbre/cmd/timbre/softphone"
	"timbre/cmd/timbre/terminal"
	"timbre/config"
)

// dial is `timbre call`.
type dial struct {
	softphone.Call

	config.Settings `uses:"sip.listen,sip.tls"`
}

// Run makes the call; its transaction id goes to standard output, the progress to standard error.
func (d dial) Run(ctx context.Context) error {
	if d.Server == "" && d.Call.Feed == "" {
		if err := d.own(); err != nil {
			return err
		}
	}
	return d.Do(ctx, os.Stdout, terminal.Of(os.Stderr, os.Getenv))
}

// own makes the server that of the settings: the first of its SIP addresses that has the transport, as this machine reaches it. Its
// certificate is trusted.
func (d *dial) own() (err error) {
	i := slices.IndexFunc(d.SIP.Listen, func(e config.Endpoint) bool { return d.Transport == "" || e.Network == d.Transport })
	if i < 0 {
		return timbre.Errorf(timbre.Invalid, "", "sip.listen has no %s:// address: name the server by --server", d.Transport)
	}
	at := d.SIP.Listen[i]
	if ip := at.Addr.Addr(); ip == netip.IPv4Unspecified() {
		at.Addr = netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), at.Addr.Port())
	} else if ip.IsUnspecified() {
		at.Addr = netip.AddrPortFrom(netip.IPv6Loopback(), at.Addr.Port())
	}
	d.Server = at.String()
	if at.Network == "tls" {
		d.Trust, err = trust(d.SIP.TLS.Cert)
	}
	return err
}

// list is `timbre calls`.
type list struct {
	Admin   string `placeholder:"URL" help:"The server's admin.listen; by default, that of the settings."`
	Numbers bool   `name:"show-numbers" help:"Show phone numbers, which needs the operator's token."`
	JSON    bool   `name:"json" help:"Print the list as the server gives it."`
	operator

	config.Settings `uses:"data,admin.listen,admin.tls,admin.trust"`
}

// Run prints the live calls.
func (l list) Run(ctx context.Context) error {
	token := l.Token
	if token == "" && l.Admin == "" && (l.Numbers || l.Settings.Admin.Trust == "nobody") { // that of this server is for no other
		var err error
		if token, err = l.token(l.Settings); err != nil {
			return err
		}
	}
	client, err := adminClient(l.Settings)
	if err != nil {
		return err
	}
	at := cmp.Or(l.Admin, adminURL(l.Settings))
	return softphone.Live{Admin: at, JSON: l.JSON, Numbers: l.Numbers, Token: token, Client: client}.Do(ctx, os.Stdout)
}
