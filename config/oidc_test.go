package config_test

import (
	"slices"
	"strings"
	"testing"

	"timbre/config"
)

const issuer = `admin:
  hosts: [timbre.example]
  oidc:
    issuer: https://issuer.example/realms/1
    client_id: timbre
    client_secret_file: secret
    url: https://timbre.example:9090
    claim: groups
    users:
      cn=admins,dc=example: ADMIN
      viewers: VIEWER
`

func TestIssuerIsReadFromTheFile(t *testing.T) {
	clean(t)
	p, _, err := run("serve", "--config", file(t, issuer))
	if err != nil {
		t.Fatal(err)
	}
	want := []config.Mapping{{Value: "cn=admins,dc=example", KeyID: "ADMIN"}, {Value: "viewers", KeyID: "VIEWER"}}
	if got := p.Serve.Admin.OIDC; !slices.Equal(got.Users, want) || !slices.Equal(got.Scopes, []string{"email"}) {
		t.Errorf("got %+v, want users %v in the order of the file", got, want)
	}
}

func TestIncompleteIssuersAreRefusedWithTheirLine(t *testing.T) {
	clean(t)
	users := issuer[strings.Index(issuer, "    users"):]
	for name, c := range map[string]struct{ old, new, says string }{
		"a host that the admin port refuses": {"[timbre.example]", "[other.example]", "admin.oidc.url: its host is not in admin.hosts (in PATH, line 7)"},
		"a value twice":                      {users, "    users: [ann=ADMIN, ann=VIEWER]\n", "admin.oidc.users has ann twice (in PATH, line 9)"},
		"no secret":                          {"client_secret_file: secret", "", "admin.oidc.issuer needs admin.oidc.client_secret_file (in PATH, line 4)"},
		"no users":                           {users, "", "admin.oidc.issuer needs admin.oidc.users (in PATH, line 4)"},
	} {
		t.Run(name, func(t *testing.T) {
			path := file(t, strings.Replace(issuer, c.old, c.new, 1))
			_, _, err := run("serve", "--config", path)
			if err == nil || !strings.Contains(err.Error(), strings.Replace(c.says, "PATH", path, 1)) {
				t.Errorf("got %v, want %q", err, c.says)
			}
		})
	}
}
