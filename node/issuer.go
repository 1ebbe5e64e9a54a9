package node

import (
	"timbre/console"
	"timbre/console/issuer"
)

// openIssuer prepares the sign-in to the console by an issuer of OpenID Connect; nil: none is configured. The issuer is not asked yet.
func (n *Node) openIssuer() (console.Issuer, error) {
	o := n.settings.Admin.OIDC
	if o.Issuer == "" {
		return nil, nil
	}
	if _, err := n.settings.ClientSecret(); err != nil {
		return nil, err
	}
	cfg := issuer.Config{
		URL: o.Issuer, ClientID: o.ClientID, Redirect: o.URL + console.CallbackPath, Secret: n.settings.ClientSecret, Scopes: o.Scopes, Claim: o.Claim,
	}
	for _, m := range o.Users {
		cfg.Users = append(cfg.Users, issuer.User(m))
		if _, known := n.keys.Key(m.KeyID); !known {
			n.env.Log.Warn("admin.oidc.users names an access key that does not exist: nobody signs in with it", "key", m.KeyID)
		}
	}
	return issuer.New(n.env, cfg), nil
}
