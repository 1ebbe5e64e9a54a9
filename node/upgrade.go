package node

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"timbre/config"
	"timbre/store/sqlite"
	"timbre/vault"
)

// Outlook is what the start of this program on a data folder would do to it.
type Outlook struct {
	sqlite.Status
	Refused string // why it would not start; empty: it would
	Copy    string // what it copies first, and is gone back to by; empty: it changes nothing
}

// Changes reports whether the start would change the tables.
func (o Outlook) Changes() bool { return len(o.Pending) > 0 }

// Forecast reads the data folder of the settings, also while a server runs on it, and changes nothing in it.
func Forecast(ctx context.Context, s config.Settings) (o Outlook, err error) {
	if err := IsDataFolder(s); err != nil {
		return o, err
	}
	keys, err := vault.Open(keyFile(s))
	if err != nil {
		return o, err
	}
	if o.Status, err = sqlite.ReadStatus(ctx, s.Database(), keys); err != nil {
		return o, err
	}
	switch {
	case o.Tables > o.Known:
		o.Refused = fmt.Sprintf("a later version has changed the tables to version %d, and this one knows %d: use that version, or restore a backup from before", o.Tables, o.Known)
	case o.Changes() && o.Free < o.Size:
		o.Refused = fmt.Sprintf("the copy of the database needs %d bytes, and its disk has %d", o.Size, o.Free)
	}
	if o.Changes() {
		o.Copy = sqlite.CopyName(s.Database())
	}
	return o, nil
}

// Belongings are the files that are to be kept together with a backup of the database, as far as they are there.
func Belongings(s config.Settings) (files []string, err error) {
	all := []string{s.File}
	for _, name := range []string{"key", "credentials", "calibration", "models"} {
		all = append(all, filepath.Join(s.Data, name))
	}
	for _, name := range all {
		switch _, e := os.Stat(name); {
		case e == nil:
			files = append(files, name)
		case name != "" && !errors.Is(e, fs.ErrNotExist):
			err = errors.Join(err, e)
		}
	}
	return files, err
}
