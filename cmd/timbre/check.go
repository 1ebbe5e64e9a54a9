package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"os"
	"strings"

	"timbre"
	"timbre/check"
	"timbre/check/sbc"
	"timbre/config"
	"timbre/environment"
	"timbre/node"
)

// checks is `timbre check`.
type checks struct {
	Machine inspection `cmd:"" default:"withargs" help:"Check settings and machine, and measure how many calls it can analyse, before a server serves."`
	SBC     rehearsal  `cmd:"" name:"sbc" help:"Place the first messages of session border controllers with a server."`
}

// verdict is how a report is printed and when it fails.
type verdict struct {
	JSON   bool `name:"json" help:"Print JSON."`
	Strict bool `help:"Fail for warnings, too."`
}

// unreached is the exit status of a check by which nothing fails but targets that cannot be reached.
const unreached exit = 2

// of prints a report. The error is that it has a failure or, if it is strict, a warning.
func (v verdict) of(r check.Report) error {
	if err := r.Print(os.Stdout, v.JSON); err != nil {
		return err
	}
	err := r.Failed(v.Strict)
	if err != nil && timbre.KindOf(err) == timbre.Unavailable {
		fmt.Fprintln(os.Stderr, "timbre:", sentence(err))
		return unreached
	}
	return err
}

// inspection is `timbre check` without more words.
type inspection struct {
	Quick bool `help:"Leave out the measurement of calls, which takes some seconds."`
	verdict

	config.Settings
}

// Help completes the help.
func (inspection) Help() string {
	return "The exit status is 0 if nothing fails, 2 if nothing fails but targets that cannot be reached, and 1 if a server would not start or take no calls, or its settings are refused."
}

// Run prints a finding a line.
func (i inspection) Run(ctx context.Context) error {
	return i.of(check.Run(ctx, environment.Environment{}, check.Config{Settings: i.Settings, Quick: i.Quick}))
}

// rehearsal is `timbre check sbc`.
type rehearsal struct {
	Server   string   `arg:"" optional:"" name:"uri" help:"Server: sip:[USER@]HOST[:PORT][;transport=udp|tcp|tls]; by default, that of the settings. USER is whom the vendors call, such as the id of a connector."`
	Vendor   []string `placeholder:"NAME,..." help:"Vendors whose messages are placed: ${vendors}. By default, all."`
	User     string   `placeholder:"NAME" help:"User of a credential of the connector, for a server that asks for a password."`
	Password string   `env:"SIP_PASSWORD" placeholder:"PASSWORD" help:"Password of that user. Prefer the environment: other users of the machine can see flags."`
	SRTP     bool     `name:"srtp" help:"Offer encrypted audio, with SDES keys."`
	CA       string   `name:"ca" type:"existingfile" help:"Certificates to trust by TLS, PEM, in place of the system's."`
	verdict

	config.Settings `uses:"sip.listen,sip.tls"`
}

// Run prints what becomes of the messages of each vendor, one a line.
func (r rehearsal) Run(ctx context.Context) error {
	cfg := sbc.Config{Server: r.Server, User: r.User, Password: r.Password, SRTP: r.SRTP, Vendors: r.Vendor}
	var err error
	if cfg.TLS, err = node.Trusting("ca", r.CA, r.CA != ""); err != nil {
		return err
	}
	if cfg.Server == "" {
		if cfg.Server, cfg.TLS, err = r.own(cfg.TLS); err != nil {
			return err
		}
	}
	report, err := sbc.Run(ctx, environment.Environment{}, cfg)
	if err != nil {
		return err
	}
	return r.of(report)
}

// own is the server of the settings, whose certificate is trusted unless others are.
func (r rehearsal) own(trusted *tls.Config) (uri string, _ *tls.Config, err error) {
	own := dial{Settings: r.Settings}
	if err := own.own(); err != nil {
		return "", nil, err
	}
	if trusted == nil {
		trusted = own.Trust
	}
	network, host, _ := strings.Cut(own.Server, "://")
	return "sip:" + host + ";transport=" + network, trusted, nil
}
