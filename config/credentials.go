package config

import (
	"cmp"
	"crypto/rand"
	"encoding/base32"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"timbre"
)

// Credentials are the access keys that may sign requests: the one in the settings, and those of the file DATA/credentials. Both
// are read at start and by Take; a key that was removed from both is invalid from then on. The file must be its owner's alone.
//
// A profile of the file has the two lines of a static key, and may have more:
//
//	aws_session_token = …  requests with the key must carry this token, as SDKs do that read the same profile
//	timbre_expires = 2027-01-31T12:00:00Z  the key is refused from then on
//	timbre_sources = 10.1.0.0/16, 192.0.2.7  it is refused from other networks
//	timbre_actions = chime:Get*, chime:StartSpeakerSearchTask arn:aws:chime:*:*:vc/abc*
//
// The last line lists what the key may do: actions separated by commas, each followed by the ARN it is permitted on, or alone for
// all. * matches any text, ? any character. A profile without the line may do everything.
type Credentials struct {
	Path string // of the file
	Made bool   // the file was created at this start
	ID   string // of the key to show to users: that of the settings, of the profile default, or the first

	mu   sync.RWMutex
	keys map[string]timbre.Key
}

// Take replaces the keys by those of fresh, and says whether they differ.
func (c *Credentials) Take(fresh *Credentials) (changed bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	changed = !maps.EqualFunc(c.keys, fresh.keys, timbre.Key.Equal)
	c.keys = fresh.keys
	return changed
}

// Len returns the number of keys.
func (c *Credentials) Len() int {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return len(c.keys)
}

// All returns the keys, by their profiles.
func (c *Credentials) All() []timbre.Key {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return slices.SortedFunc(maps.Values(c.keys), func(a, b timbre.Key) int { return cmp.Or(cmp.Compare(a.User, b.User), cmp.Compare(a.ID, b.ID)) })
}

// Secret returns the secret of an access key.
func (c *Credentials) Secret(accessKeyID string) (string, bool) {
	k, known := c.Key(accessKeyID)
	return k.Secret, known
}

// Key returns an access key.
func (c *Credentials) Key(accessKeyID string) (timbre.Key, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	k, known := c.keys[accessKeyID]
	return k, known
}

// OpenCredentials reads the file of access keys. If there is none and the settings contain no key, it creates the file with a
// new key.
func (s Settings) OpenCredentials() (*Credentials, error) {
	c, err := s.ReadCredentials()
	if !errors.Is(err, fs.ErrNotExist) {
		return c, err
	}
	path := filepath.Join(s.Data, "credentials")
	profiles, err := makeProfiles(path)
	if err != nil {
		return nil, err
	}
	c, err = s.credentials(path, profiles)
	if c != nil {
		c.Made = true
	}
	return c, err
}

// ReadCredentials reads the file of access keys. fs.ErrNotExist: there is none, and the settings contain no key.
func (s Settings) ReadCredentials() (*Credentials, error) {
	path := filepath.Join(s.Data, "credentials")
	profiles, err := readProfiles(path)
	if err != nil && (s.AccessKeyID == "" || !errors.Is(err, fs.ErrNotExist)) {
		return nil, err
	}
	return s.credentials(path, profiles)
}

// credentials are the keys of the file, and the one of the settings.
func (s Settings) credentials(path string, profiles []timbre.Key) (*Credentials, error) {
	c := &Credentials{Path: path, keys: map[string]timbre.Key{}}
	if s.AccessKeyID != "" {
		profiles = append([]timbre.Key{{User: "settings", ID: s.AccessKeyID, Secret: s.SecretAccessKey}}, profiles...)
	}
	for _, p := range profiles {
		if err := c.add(p); err != nil {
			return nil, err
		}
		if c.ID == "" || p.User == "default" && s.AccessKeyID == "" {
			c.ID = p.ID
		}
	}
	return c, nil
}

// add adds a key. The same key may stand in several profiles, if they agree.
func (c *Credentials) add(k timbre.Key) error {
	switch first, twice := c.keys[k.ID]; {
	case !twice:
		c.keys[k.ID] = k
	case first.Secret != k.Secret:
		return fmt.Errorf("%s: the access key %s of profile %s has two secrets", c.Path, k.ID, k.User)
	case !first.Equal(k.As(first.User)):
		return fmt.Errorf("%s: the access key %s of profile %s has another session token, expiry, sources or actions in another profile", c.Path, k.ID, k.User)
	}
	return nil
}

// makeProfiles writes a new key as the profile default, with mode 0600.
func makeProfiles(path string) ([]timbre.Key, error) {
	random := make([]byte, 40)
	_, _ = rand.Read(random) // never fails
	p := timbre.Key{
		User:   "default",
		ID:     "TMBR" + base32.StdEncoding.EncodeToString(random[:10]),
		Secret: base64.StdEncoding.EncodeToString(random[10:]),
	}
	text := fmt.Sprintf("[%s]\naws_access_key_id = %s\naws_secret_access_key = %s\n", p.User, p.ID, p.Secret)
	if err := writeNew(path, text); err != nil {
		return nil, fmt.Errorf("cannot write the credentials: %w", err)
	}
	return []timbre.Key{p}, nil
}

// writeNew creates a file. It never overwrites one.
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

func readProfiles(path string) ([]timbre.Key, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read the credentials: %w", err)
	}
	defer func() { _ = f.Close() }()
	if info, err := f.Stat(); err == nil && info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("the file of credentials %s is accessible to others (mode %04o): change its mode to 0600", path, info.Mode().Perm())
	}
	text, err := io.ReadAll(io.LimitReader(f, fileSize+1))
	if err != nil || len(text) > fileSize {
		return nil, fmt.Errorf("cannot read the credentials: %w", errors.Join(err, fmt.Errorf("%s is not a file of at most 1 MiB", path)))
	}
	profiles, err := parseProfiles(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return profiles, nil
}
