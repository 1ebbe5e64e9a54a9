package node

import (
	"context"
	"os"
	"path/filepath"

	"timbre/config"
	"timbre/store/sqlite"
	"timbre/ttl"
	"timbre/vault"
)

// openStore opens the durable state. Its secrets are sealed with the local key, which is created at the first start.
func (n *Node) openStore(ctx context.Context) error {
	if err := os.MkdirAll(n.settings.Data, 0o700); err != nil {
		return err
	}
	keys, err := vault.Open(keyFile(n.settings))
	if err != nil {
		return err
	}
	if n.pageKey, err = keys.Derive("page tokens"); err != nil {
		return err
	}
	if n.operatorToken, err = operatorToken(keys); err != nil {
		return err
	}
	if n.store, err = sqlite.Open(ctx, n.settings.Database(), keys, n.env.Log, n.settings.Store.Wait); err != nil {
		return err
	}
	if n.signatures, err = ttl.OpenJournal(filepath.Join(n.settings.Data, "signatures"), n.env.Now()); err != nil {
		return err
	}
	n.store.Limit(n.settings.QuotaLimits())
	n.env.Metrics.MustRegister(n.store)
	return nil
}

// keyFile is the local key that wraps the keys of domains.
func keyFile(s config.Settings) string { return filepath.Join(s.Data, "key") }
