package check

import (
	"context"
	"fmt"
	"os"

	"timbre/node"
)

// checkDatabase says what a start would do to the database of the data folder.
func (m machine) checkDatabase(ctx context.Context, f *findings) {
	path, key := m.Settings.Database(), node.KeyFile(m.Settings)
	if _, err := os.Stat(path); err != nil {
		f.ok("data: %s has no database yet", m.Settings.Data)
		return
	}
	if _, err := os.Stat(key); err != nil {
		f.fail(key+" is missing, without which the database cannot be read", "put the key file of this database there: it is not in backups")
		return
	}
	switch o, err := node.Forecast(ctx, m.Settings); {
	case err != nil:
		f.fail(err.Error(), "put back the database and the key file that belong together: timbre restore")
	case o.Refused != "":
		f.fail(path+": "+o.Refused, "timbre upgrade --check says more")
	case o.Changes():
		f.warn(fmt.Sprintf("%s has tables of version %d, which the next start changes to version %d", path, o.Tables, o.Known), "timbre upgrade --check says how to go back")
	default:
		f.ok("data: %s is of this version and opens with its key", path)
	}
}

// running reports whether a server has the database open.
func (m machine) running(ctx context.Context) bool {
	o, err := node.Forecast(ctx, m.Settings)
	return err == nil && o.Running
}
