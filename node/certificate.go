package node

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"sync"

	"timbre"
	"timbre/config"
)

// certificate is reloaded when its files change, so that it can be renewed while calls are live.
type certificate struct {
	setting string
	files   config.TLS
	log     *slog.Logger

	mu      sync.Mutex
	version string // of the files at the last load
	loaded  *tls.Certificate
}

// newCertificate loads the files of a setting.
func newCertificate(setting string, files config.TLS, log *slog.Logger) (*certificate, error) {
	c := &certificate{setting: setting, files: files, log: log}
	if err := c.reload(); err != nil {
		return nil, timbre.Errorf(timbre.Invalid, "", "%s: %w", setting, err)
	}
	return c, nil
}

// prepare loads other files of the setting, and returns a function that puts their certificate in the place of the one before.
func (c *certificate) prepare(files config.TLS) (use func(), err error) {
	next, err := newCertificate(c.setting, files, c.log)
	if err != nil {
		return nil, err
	}
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.files, c.version, c.loaded = next.files, next.version, next.loaded
	}, nil
}

// get returns the certificate for a handshake. Files that cannot be loaded, or are written only in part, leave the previous
// certificate in use.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.reload(); err != nil {
		c.log.Error("cannot load the certificate, the previous one stays in use", "setting", c.setting, "error", err)
	}
	return c.loaded, nil
}

// reload loads the files if they have changed since the last attempt, whether that succeeded or not.
func (c *certificate) reload() error {
	version, err := fileVersion(c.files.Cert, c.files.Key)
	if version == c.version {
		return nil
	}
	c.version = version
	if err != nil {
		return err
	}
	pair, err := tls.LoadX509KeyPair(c.files.Cert, c.files.Key)
	if err != nil {
		return fmt.Errorf("%s with %s: %w", c.files.Cert, c.files.Key, err)
	}
	if c.loaded != nil {
		c.log.Info("certificate reloaded", "setting", c.setting, "expires", pair.Leaf.NotAfter)
	}
	c.loaded = &pair
	return nil
}
