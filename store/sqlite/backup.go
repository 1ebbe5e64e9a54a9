package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/pressly/goose/v3"

	"timbre"
	"timbre/store"
)

// Contents counts what a database holds.
type Contents struct {
	Version                                              int64 // of the tables
	Connectors, Domains, Profiles, Calls, Tasks, Notices int
}

// Backup copies the database at path to a new file, as it is at one instant, also while a server writes to it, and checks the copy. The
// copy contains no key: it opens with the key file of the database only.
func Backup(ctx context.Context, path string, keys store.Sealer, to string) (c Contents, err error) {
	if _, err := os.Stat(to); err == nil {
		return c, timbre.Errorf(timbre.Conflict, "", "%s exists: a backup overwrites nothing", to)
	}
	part := to + ".part"
	defer func() { _ = os.Remove(part) }()
	db := openPool(path, 1, "_txlock=deferred&mode=rw") // query_only would refuse the copy as well
	err = copyTo(ctx, db.DB, part)
	err = errors.Join(err, db.Close())
	if p := new(fs.PathError); errors.As(err, &p) && p.Path == part {
		return c, timbre.Errorf(timbre.Invalid, "", "%s cannot be written: %w", to, p.Err)
	}
	if err != nil {
		return c, openError(path, err)
	}
	if c, err = Check(ctx, part, keys); err != nil {
		return c, err
	}
	return c, os.Rename(part, to)
}

// copyTo copies a database to a file that only its owner can read, durably.
func copyTo(ctx context.Context, db *sql.DB, to string) error {
	f, err := os.OpenFile(to, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "VACUUM INTO ?", to) // an empty file may exist
	return errors.Join(err, f.Sync(), f.Close())
}

// Check checks a backup: its pages, the version of its tables, that the keys are those it was made with. It changes nothing.
func Check(ctx context.Context, path string, keys store.Sealer) (c Contents, err error) {
	if err := isDatabase(path); err != nil {
		return c, timbre.Errorf(timbre.Unprocessable, "", "the backup %s cannot be read: %w", path, err)
	}
	s := &Store{keys: keys, reader: openPool(path, 1, "_txlock=deferred&mode=rw", "query_only(ON)")}
	defer func() { err = errors.Join(err, s.reader.Close()) }()
	problems, err := integrity(ctx, s.reader)
	if err == nil && len(problems) > 0 {
		err = timbre.Errorf(timbre.Unprocessable, "", "is damaged: %s", strings.Join(problems, "; "))
	}
	if err == nil {
		c, err = s.contents(ctx)
	}
	if err := cmp.Or(err, (&Reader{s}).key(ctx)); err != nil {
		return c, openError(path, err)
	}
	return c, nil
}

// isDatabase looks at the first bytes of a file.
func isDatabase(path string) error {
	f, err := os.Open(path)
	if p := new(fs.PathError); errors.As(err, &p) {
		return p.Err
	}
	defer func() { _ = f.Close() }()
	const magic = "SQLite format 3\x00"
	head := make([]byte, len(magic))
	if _, err := io.ReadFull(f, head); err != nil || string(head) != magic {
		return errors.New("it is not a database")
	}
	return nil
}

func (s *Store) contents(ctx context.Context) (c Contents, err error) {
	err = s.reader.QueryRowContext(ctx, `SELECT (SELECT max(version_id) FROM goose_db_version), (SELECT count(*) FROM connector),
		(SELECT count(*) FROM domain), (SELECT count(*) FROM profile), (SELECT count(*) FROM call), (SELECT count(*) FROM task),
		(SELECT count(*) FROM outbox)`).Scan(&c.Version, &c.Connectors, &c.Domains, &c.Profiles, &c.Calls, &c.Tasks, &c.Notices)
	if err != nil {
		return c, err
	}
	known, err := knownVersion()
	if err == nil && c.Version > known {
		err = timbre.Errorf(timbre.Conflict, "", "was made by a later version of Timbre (tables of version %d, this version knows %d)", c.Version, known)
	}
	return c, err
}

// knownVersion is that of the tables of this program.
func knownVersion() (last int64, err error) {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return 0, err
	}
	return goose.NumericComponent(files[len(files)-1])
}

// Restore puts a backup in place of the database at path, which no server may have open. The database that was there is kept beside it;
// Restore returns its name, which is empty if there was none.
func Restore(ctx context.Context, from, path string, keys store.Sealer, now time.Time) (kept string, err error) {
	if _, err := Check(ctx, from, keys); err != nil {
		return "", err
	}
	part := path + ".restored"
	defer func() { _ = os.Remove(part) }()
	if err := copyFile(from, part); err != nil {
		return "", openError(path, err)
	}
	if err := forget(ctx, part); err != nil {
		return "", openError(path, err)
	}
	if _, err := os.Stat(path); err == nil {
		held, err := lock(path)
		if err != nil {
			return "", openError(path, err)
		}
		defer func() { _ = held.Close() }()
		kept = fmt.Sprintf("%s.before-restore-%s", path, now.UTC().Format("20060102T150405Z"))
	}
	aside := cmp.Or(kept, path+".stray")                              // without a database, what was beside it
	for _, suffix := range []string{"", "-wal", "-shm", markSuffix} { // they belong together
		if err := os.Rename(path+suffix, aside+suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", openError(path, err)
		}
	}
	return kept, os.Rename(part, path)
}

// sinceBackup is more numbers than the events that can have been sent since a backup. There is room for 8,192 restores.
const sinceBackup = 1 << 40

// forget prepares a copy for a past of which it knows nothing: no event gets the number of one that was sent after the backup.
func forget(ctx context.Context, path string) (err error) {
	db := openPool(path, 1, "_txlock=immediate&mode=rw")
	defer func() { err = errors.Join(err, db.Close()) }()
	var has bool // a version before events were numbered had no such table
	if err := db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'sequence')").Scan(&has); err != nil || !has {
		return err
	}
	return skipNumbers(ctx, db, sinceBackup)
}

func copyFile(from, to string) (err error) {
	r, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	w, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, r)
	return errors.Join(err, w.Sync(), w.Close())
}

// String says what a backup holds.
func (c Contents) String() string {
	return fmt.Sprintf("whole, tables of version %d, with %d connectors, %d domains, %d profiles, %d calls, %d tasks, %d undelivered notifications",
		c.Version, c.Connectors, c.Domains, c.Profiles, c.Calls, c.Tasks, c.Notices)
}
