package main

import (
	"cmp"
	"context"
	"os"

	"timbre/cmd/timbre/softphone"
	"timbre/cmd/timbre/terminal"
	"timbre/config"
)

// dial is `timbre call`.
type dial struct{ softphone.Call }

// Run makes the call; its transaction id goes to standard output, the progress to standard error.
func (d dial) Run(ctx context.Context) error {
	return d.Do(ctx, os.Stdout, terminal.Of(os.Stderr, os.Getenv))
}

// list is `timbre calls`.
type list struct {
	Admin   string `placeholder:"URL" help:"The server's admin.listen; by default, that of the settings."`
	Numbers bool   `name:"show-numbers" help:"Show phone numbers, which needs the operator's token."`
	JSON    bool   `name:"json" help:"Print the list as the server gives it."`
	operator

	config.Settings
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
