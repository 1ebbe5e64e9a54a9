package config_test

import (
	"context"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	awsconfig "github.com/aws/aws-sdk-go-v2/config"

	"timbre"
	"timbre/config"
)

func TestFirstStartCreatesKeyThatPersists(t *testing.T) {
	s := config.Defaults()
	s.Data = filepath.Join(t.TempDir(), "new", "data")
	first, err := s.OpenCredentials()
	if err != nil {
		t.Fatal(err)
	}
	secret, known := first.Secret(first.ID)
	if !first.Made || !known {
		t.Errorf("got made %v and known %v, want a new key that is known", first.Made, known)
	}
	if len(secret) != 40 || len(first.ID) != 20 {
		t.Errorf("got id of %d and secret of %d characters, want 20 and 40", len(first.ID), len(secret))
	}
	if want := filepath.Join(s.Data, "credentials"); first.Path != want {
		t.Errorf("got path %s, want %s", first.Path, want)
	}
	for path, want := range map[string]os.FileMode{first.Path: 0o600, s.Data: 0o700} {
		if i, err := os.Stat(path); err != nil || i.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", path, i.Mode(), err)
		}
	}
	again, err := s.OpenCredentials()
	if err != nil || again.Made || again.ID != first.ID {
		t.Errorf("got %+v, %v", again, err)
	}
	if _, known := again.Secret("AKIDUNKNOWN"); known {
		t.Error("got an unknown key, want it refused")
	}
	sdk, err := awsconfig.LoadSharedConfigProfile(context.Background(), "default", func(o *awsconfig.LoadSharedConfigOptions) {
		o.CredentialsFiles, o.ConfigFiles = []string{first.Path}, nil
	})
	if err != nil || sdk.Credentials.AccessKeyID != first.ID || sdk.Credentials.SecretAccessKey != secret {
		t.Errorf("got key %s and error %v from the SDK, want %s with its secret", sdk.Credentials.AccessKeyID, err, first.ID)
	}
	other := config.Defaults()
	other.Data = t.TempDir()
	if o, err := other.OpenCredentials(); err != nil || o.ID == first.ID {
		t.Errorf("got %+v and error %v for another server, want another key", o, err)
	}
}

func TestKeyFromSettingsIsNotWritten(t *testing.T) {
	s := config.Defaults()
	s.Data, s.AccessKeyID, s.SecretAccessKey = t.TempDir(), "AKIDSETTINGS", "secret"
	c, err := s.OpenCredentials()
	if err != nil || c.Made || c.ID != "AKIDSETTINGS" {
		t.Fatalf("got %+v, %v", c, err)
	}
	if secret, _ := c.Secret("AKIDSETTINGS"); secret != "secret" {
		t.Errorf("got %q", secret)
	}
	if _, err := os.Stat(c.Path); !os.IsNotExist(err) {
		t.Errorf("a file was written: %v", err)
	}
}

func credentials(t *testing.T, text string) (*config.Credentials, error) {
	t.Helper()
	s := config.Defaults()
	s.Data = t.TempDir()
	if err := os.WriteFile(filepath.Join(s.Data, "credentials"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return s.OpenCredentials()
}

func TestEveryProfileIsAKey(t *testing.T) {
	c, err := credentials(t, "# keys\r\n[ci]\r\naws_access_key_id=AKIDCI\r\naws_secret_access_key=a=b\r\nregion = eu-west-1\r\n\r\n"+
		"[default]\n  aws_access_key_id = AKIDDEFAULT\n  aws_secret_access_key = c\n; the end\n")
	if err != nil {
		t.Fatal(err)
	}
	one, _ := c.Secret("AKIDCI")
	two, _ := c.Secret("AKIDDEFAULT")
	if one != "a=b" || two != "c" || c.ID != "AKIDDEFAULT" {
		t.Errorf("got %q, %q, %+v", one, two, c)
	}
}

func TestProfileRestrictsActionsOfItsKey(t *testing.T) {
	c, err := credentials(t, "[all]\naws_access_key_id=AKIDALL\naws_secret_access_key=a\n"+
		"[some]\naws_access_key_id=AKIDSOME\naws_secret_access_key=b\naws_session_token = tok=en\n"+
		"timbre_actions = chime:Get*,chime:StartSpeakerSearchTask arn:aws:chime:*:*:vc/abc*\n")
	if err != nil {
		t.Fatal(err)
	}
	every, _ := c.Key("AKIDALL")
	some, _ := c.Key("AKIDSOME")
	if every.Grants != nil || every.Session != "" || every.User != "all" {
		t.Errorf("got %+v", every)
	}
	want := timbre.Key{ID: "AKIDSOME", Secret: "b", User: "some", Session: "tok=en", Grants: []timbre.Grant{
		{Action: "chime:Get*", Resource: "*"}, {Action: "chime:StartSpeakerSearchTask", Resource: "arn:aws:chime:*:*:vc/abc*"},
	}}
	if !reflect.DeepEqual(some, want) {
		t.Errorf("got %+v", some)
	}
	if _, known := c.Key("AKIDNONE"); known {
		t.Error("got an unknown key, want it refused")
	}
}

func TestInvalidCredentialsAreRefusedInOneSentence(t *testing.T) {
	good := "[default]\naws_access_key_id = AKID\naws_secret_access_key = hidden\n"
	for name, c := range map[string]struct{ text, says string }{
		"empty":             {"", "no profile"},
		"no section":        {"aws_access_key_id = AKID\n", "aws_access_key_id stands above the first [profile]"},
		"half a section":    {"[default\n", "want lines of [profile]"},
		"a line of its own": {good + "what is this\n", "line 4"},
		"a secret alone":    {good + "[b]\naws_access_key_id AKIB hidden\n", "line 5"},
		"no name":           {"[]\n", "want lines of [profile]"},
		"no secret":         {good + "[b]\naws_access_key_id = AKIB\n", "line 4: profile b: no valid"},
		"a mark before it":  {"\uFEFF" + "[b]\naws_access_key_id = AKIB\n", "line 1: profile b: no valid"},
		"no id":             {good + "[b]\naws_secret_access_key = hidden\n", "profile b: no valid"},
		"a broken id":       {"[b]\naws_access_key_id = AK/ID\naws_secret_access_key = hidden\n", "profile b: no valid"},
		"two secrets":       {good + "[b]\naws_access_key_id = AKID\naws_secret_access_key = other\n", "AKID of profile b has two secrets"},
		"no actions":        {good + "timbre_actions =\n", "profile default: timbre_actions: \"\" is not an action"},
		"no action":         {good + "timbre_actions = s3:Get*\n", "\"s3:Get*\" is not an action"},
		"an odd comma":      {good + "timbre_actions = chime:Get*,\n", "is not an action"},
		"no ARN":            {good + "timbre_actions = chime:Get* vc/abc\n", "\"vc/abc\" is not an ARN"},
		"two ARNs":          {good + "timbre_actions = chime:Get* arn:a arn:b\n", "one ARN"},
		"actions twice":     {good + "timbre_actions = *\ntimbre_actions = *\n", "twice"},
		"other actions":     {good + "[b]\naws_access_key_id = AKID\naws_secret_access_key = hidden\ntimbre_actions = *\n", "sources or actions in another profile"},
		"other token":       {good + "[b]\naws_access_key_id = AKID\naws_secret_access_key = hidden\naws_session_token = hidden\n", "another session token"},
		"other expiry":      {good + "[b]\naws_access_key_id = AKID\naws_secret_access_key = hidden\ntimbre_expires = 2030-01-01T00:00:00Z\n", "expiry"},
		"no time":           {good + "timbre_expires = tomorrow\n", "\"tomorrow\" is not a time"},
		"no network":        {good + "timbre_sources = 10.0.0.0/8, office\n", "\"office\" is not a network"},
		"no sources":        {good + "timbre_sources =\n", "\"\" is not a network"},
		"sources twice":     {good + "timbre_sources = 10.0.0.1\ntimbre_sources = 10.0.0.2\n", "timbre_sources occurs twice"},
		"misspelt":          {good + "timbre_source = 10.0.0.1\n", "timbre_source is none of"},
		"too much":          {strings.Repeat("#\n", 1<<20), "1 MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := credentials(t, c.text)
			if err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "credentials") ||
				strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), "hidden") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestProfileRestrictsTimeAndNetworksOfItsKey(t *testing.T) {
	c, err := credentials(t, "[default]\naws_access_key_id = AKID\naws_secret_access_key = a\ntimbre_expires = 2027-01-31T12:00:00+01:00\n"+
		"timbre_sources = 10.1.2.3/16, 192.0.2.7, ::ffff:192.0.2.8,2001:db8::/32\n")
	if err != nil {
		t.Fatal(err)
	}
	k, _ := c.Key("AKID")
	end := time.Date(2027, 1, 31, 11, 0, 0, 0, time.UTC)
	if k.Expired(end.Add(-time.Second)) || !k.Expired(end) || (timbre.Key{}).Expired(end) {
		t.Errorf("got expiry %s, want %s", k.Expires, end)
	}
	for address, want := range map[string]bool{
		"10.1.255.1": true, "10.2.0.1": false, "192.0.2.7": true, "192.0.2.8": true, "192.0.2.9": false, "::ffff:10.1.0.1": true, "2001:db8::1": true, "::1": false,
	} {
		if got := k.From(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: got %t, want %t", address, got, want)
		}
	}
	if (timbre.Key{Sources: k.Sources}).From(netip.Addr{}) || !(timbre.Key{}).From(netip.Addr{}) {
		t.Error("got an unknown source taken by a key with networks, or refused by one without")
	}
}

func TestFileThatOthersCanReadIsRefused(t *testing.T) {
	for _, mode := range []os.FileMode{0o640, 0o604, 0o660} {
		s := config.Defaults()
		s.Data = t.TempDir()
		path := filepath.Join(s.Data, "credentials")
		if err := os.WriteFile(path, []byte("[a]\naws_access_key_id = AKID\naws_secret_access_key = hidden\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := s.OpenCredentials(); err == nil || !strings.Contains(err.Error(), "accessible to others") {
			t.Errorf("mode %o: got %v", mode, err)
		}
	}
}

func TestReadOnlyFolderIsAnError(t *testing.T) {
	s := config.Defaults()
	s.Data = filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(s.Data, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.OpenCredentials(); err == nil || strings.Contains(err.Error(), "\n") {
		t.Errorf("got %v", err)
	}
}

func TestValuesAreTakenLiterally(t *testing.T) {
	c, err := credentials(t, "[a.b]\naws_access_key_id = AKIDA\naws_secret_access_key = x#y;z %(aws_access_key_id)s \"q\" \\\n"+
		"[a]\naws_access_key_id = AKIDOLD\naws_access_key_id = AKIDB\naws_secret_access_key = b\n")
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{"AKIDA": `x#y;z %(aws_access_key_id)s "q" \`, "AKIDB": "b", "AKIDOLD": ""} {
		if got, _ := c.Secret(id); got != want {
			t.Errorf("%s: got secret %q, want %q", id, got, want)
		}
	}
}
