package config

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Credentials are the access keys that requests may be signed with: the one in the settings, and those of the file
// DATA/credentials. Take a key out of both, and it is worth nothing after the next start.
type Credentials struct {
	Path  string // of the file
	Made  bool   // the file was made just now
	ID    string // of the key to show to users: that of the settings, else of the profile default, else the first
	pairs map[string]string
}

// Secret gives the secret of an access key.
func (c *Credentials) Secret(accessKeyID string) (string, bool) {
	secret, known := c.pairs[accessKeyID]
	return secret, known
}

// OpenCredentials reads the file of access keys. When there is none, and the settings give no key, it makes one.
func (s Settings) OpenCredentials() (*Credentials, error) {
	c := &Credentials{Path: filepath.Join(s.Data, "credentials"), pairs: map[string]string{}}
	profiles, err := readProfiles(c.Path)
	if errors.Is(err, fs.ErrNotExist) && s.AccessKeyID == "" {
		c.Made = true
		profiles, err = makeProfiles(c.Path)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if s.AccessKeyID != "" {
		profiles = append([]profile{{"settings", s.AccessKeyID, s.SecretAccessKey}}, profiles...)
	}
	for _, p := range profiles {
		if secret, twice := c.pairs[p.id]; twice && secret != p.secret {
			return nil, fmt.Errorf("%s: the access key %s of profile %s has two secrets", c.Path, p.id, p.name)
		}
		c.pairs[p.id] = p.secret
		if c.ID == "" || p.name == "default" && s.AccessKeyID == "" {
			c.ID = p.id
		}
	}
	return c, nil
}

// makeProfiles writes a new key as the profile default, readable by its owner alone.
func makeProfiles(path string) ([]profile, error) {
	random := make([]byte, 40)
	_, _ = rand.Read(random) // never fails
	p := profile{
		name:   "default",
		id:     "TMBR" + base32.StdEncoding.EncodeToString(random[:10]),
		secret: base64.StdEncoding.EncodeToString(random[10:]),
	}
	text := fmt.Sprintf("[%s]\naws_access_key_id = %s\naws_secret_access_key = %s\n", p.name, p.id, p.secret)
	if err := writeNew(path, text); err != nil {
		return nil, fmt.Errorf("the credentials cannot be written: %w", err)
	}
	return []profile{p}, nil
}

// writeNew makes a file, and never writes over another.
func writeNew(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.WriteString(f, text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		_ = os.Remove(path)
	}
	return err
}

// profile is one section of an AWS shared-credentials file.
type profile struct{ name, id, secret string }

func readProfiles(path string) ([]profile, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("the credentials cannot be read: %w", err)
	}
	defer func() { _ = f.Close() }()
	text, err := io.ReadAll(io.LimitReader(f, fileSize+1))
	if err != nil || len(text) > fileSize {
		return nil, fmt.Errorf("the credentials cannot be read: %w", errors.Join(err, fmt.Errorf("%s is not a file of at most 1 MiB", path)))
	}
	profiles, err := parseProfiles(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return profiles, nil
}

// parseProfiles reads the format of https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html. Keys other than
// the two of a static key are left alone.
func parseProfiles(text string) ([]profile, error) {
	var all []profile
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || line[0] == ';' {
			continue
		}
		if line[0] == '[' {
			name, ok := strings.CutSuffix(line[1:], "]")
			name = strings.TrimSpace(name)
			if !ok || name == "" {
				return nil, fmt.Errorf("line %d: a profile is written [name]", i+1)
			}
			all = append(all, profile{name: name})
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		if !ok || len(all) == 0 {
			return nil, fmt.Errorf("line %d: a [profile], then key = value is expected", i+1)
		}
		p := &all[len(all)-1]
		switch strings.TrimSpace(key) {
		case "aws_access_key_id":
			p.id = strings.TrimSpace(value)
		case "aws_secret_access_key":
			p.secret = strings.TrimSpace(value)
		}
	}
	if len(all) == 0 {
		return nil, errors.New("there is no profile in it")
	}
	for _, p := range all {
		if !keyID.MatchString(p.id) || p.secret == "" {
			return nil, fmt.Errorf("profile %s has no aws_access_key_id of letters and digits with an aws_secret_access_key", p.name)
		}
	}
	return all, nil
}
