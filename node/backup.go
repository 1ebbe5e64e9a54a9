package node

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"

	"timbre"
	"timbre/config"
	"timbre/store/sqlite"
	"timbre/vault"
)

// Backup copies the database of a data folder to a new file, also while a server runs on it, and checks the copy.
func Backup(ctx context.Context, s config.Settings, to string) (sqlite.Contents, error) {
	if err := IsDataFolder(s); err != nil {
		return sqlite.Contents{}, err
	}
	keys, err := vault.Open(keyFile(s))
	if err != nil {
		return sqlite.Contents{}, err
	}
	return sqlite.Backup(ctx, s.Database(), keys, to)
}

// CheckBackup checks that a backup is whole and that the key file of the data folder is its own.
func CheckBackup(ctx context.Context, s config.Settings, from string) (sqlite.Contents, error) {
	keys, err := restoringKeys(s)
	if err != nil {
		return sqlite.Contents{}, err
	}
	return sqlite.Check(ctx, from, keys)
}

// Restore puts a backup in place of the database, which is kept under the name that Restore returns.
func Restore(ctx context.Context, s config.Settings, from string) (kept string, err error) {
	keys, err := restoringKeys(s)
	if err != nil {
		return "", err
	}
	return sqlite.Restore(ctx, from, s.Database(), keys, time.Now())
}

// restoringKeys opens the key file, and does not create one.
func restoringKeys(s config.Settings) (*vault.Vault, error) {
	if _, err := os.Stat(keyFile(s)); errors.Is(err, fs.ErrNotExist) {
		return nil, timbre.Errorf(timbre.NotFound, "", "the key file %s is missing: put that of the backup there first", keyFile(s))
	}
	return vault.Open(keyFile(s))
}

// KeyFile is the local key, without which a backup cannot be opened.
func KeyFile(s config.Settings) string { return keyFile(s) }
