package node

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"

	"timbre"
	"timbre/config"
)

// certificate is a certificate that is read from its files anew when they have changed: it can be renewed while calls go on.
type certificate struct {
	setting string
	files   config.TLS
	log     *slog.Logger

	mu     sync.Mutex
	state  string // of the files when they were read
	loaded *tls.Certificate
}

// newCertificate reads the files of a setting.
func newCertificate(setting string, files config.TLS, log *slog.Logger) (*certificate, error) {
	c := &certificate{setting: setting, files: files, log: log}
	if err := c.load(); err != nil {
		return nil, timbre.Errorf(timbre.Invalid, "", "%s: %w", setting, err)
	}
	return c, nil
}

// get is the certificate for a handshake. One that cannot be read, or is written only in part, does not take the place of
// the one before.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.load(); err != nil {
		c.log.Error("the certificate stays the one that was read before", "setting", c.setting, "error", err)
	}
	return c.loaded, nil
}

// load reads the files if they have changed since it last did, well or not.
func (c *certificate) load() error {
	state, err := c.look()
	if state == c.state {
		return nil
	}
	c.state = state
	if err != nil {
		return err
	}
	pair, err := tls.LoadX509KeyPair(c.files.Cert, c.files.Key)
	if err != nil {
		return err
	}
	if c.loaded != nil {
		c.log.Info("a new certificate is shown", "setting", c.setting, "until", pair.Leaf.NotAfter)
	}
	c.loaded = &pair
	return nil
}

// look tells one state of the files from another.
func (c *certificate) look() (string, error) {
	state := ""
	var errs error
	for _, name := range []string{c.files.Cert, c.files.Key} {
		info, err := os.Stat(name)
		if err != nil {
			errs = errors.Join(errs, err)
			state += "missing "
			continue
		}
		state += fmt.Sprintf("%d %d ", info.ModTime().UnixNano(), info.Size())
	}
	return state, errs
}
