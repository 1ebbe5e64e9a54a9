package check

import (
	"context"
	"fmt"
)

// checkIssuer looks at what people need to sign in to the console by an issuer: a connection to it, the client's secret, and their keys.
func checkIssuer(ctx context.Context, m machine, f *findings) {
	o := m.Settings.Admin.OIDC
	if o.Issuer == "" {
		f.ok("people sign in to the console by access key alone")
		return
	}
	if _, err := m.Settings.ClientSecret(); err != nil {
		f.fail(err.Error(), "give the user of the service, and nobody else, a file with the client secret")
	}
	if credentials, err := m.Settings.ReadCredentials(); err == nil { // what is wrong with them, checkFiles tells
		for _, u := range o.Users {
			switch key, known := credentials.Key(u.KeyID); {
			case !known:
				f.warn(fmt.Sprintf("admin.oidc.users: %s has the access key %s, which does not exist", u.Value, u.KeyID), "add a profile with it to the file of credentials")
			case key.Expired(m.env.Now()):
				f.warn(fmt.Sprintf("admin.oidc.users: %s has the access key %s, which has expired", u.Value, u.KeyID), "move its timbre_expires in the file of credentials")
			}
		}
	}
	for _, t := range byURL("admin.oidc.issuer", o.Issuer) {
		ctx, cancel := context.WithTimeout(ctx, reachIn)
		defer cancel()
		if err := m.dial(ctx, t.at, t.secure); err != nil {
			f.warn(fmt.Sprintf("%s: %s cannot be reached (%v)", t.key, t.place, err), "nobody signs in by it meanwhile; see its address, its certificate and the firewalls between")
			continue
		}
		f.ok("%s: %s takes connections", t.key, t.place)
	}
}
