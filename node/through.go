package node

import (
	"timbre/config"
	"timbre/sip/trunk"
)

// through is how calls are put through, in the words of the trunk package.
func through(s config.Trunk) trunk.Config {
	cfg := trunk.Config{Refer: s.Refer == "pass", Silence: s.Silence, Credentials: map[string]trunk.Credential{}}
	for _, g := range s.Credentials {
		cfg.Credentials[g.Host] = trunk.Credential{Username: g.User, Password: g.Password}
	}
	return cfg
}
