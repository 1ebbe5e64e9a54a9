package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/pressly/goose/v3"

	"timbre"
	"timbre/store"
)

// Status is what the start of a server would find in a database.
type Status struct {
	Tables  int64    // their version
	Known   int64    // the version of this program
	Pending []string // names of the migrations from the one to the other
	Running bool     // a server has the database open
	Size    int64    // bytes of its files
	Free    int64    // bytes of its disk
}

// ReadStatus reads a database, also while a server has it open, and that the keys are its own. It changes no file and creates none.
func ReadStatus(ctx context.Context, path string, keys store.Sealer) (s Status, err error) {
	held, err := os.Open(path)
	if err != nil {
		return s, openError(path, err)
	}
	defer func() { _ = held.Close() }()
	switch err := syscall.Flock(int(held.Fd()), syscall.LOCK_SH|syscall.LOCK_NB); { // no server starts meanwhile
	case errors.Is(err, syscall.EWOULDBLOCK):
		s.Running = true
	case err != nil:
		return s, openError(path, &os.PathError{Op: "lock", Path: path, Err: err})
	}
	log, err := os.Stat(path + "-wal")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return s, openError(path, err)
	}
	access := "_txlock=deferred&mode=ro"
	if !s.Running && (log == nil || log.Size() == 0) {
		access += "&immutable=1" // otherwise the engine would create a log
	}
	db := &Store{keys: keys, reader: openPool(path, 1, access)}
	defer func() { err = errors.Join(err, db.reader.Close()) }()
	if err := s.read(ctx, db); err != nil {
		return s, openError(path, err)
	}
	return s, s.measure(path)
}

func (s *Status) read(ctx context.Context, db *Store) error {
	var known bool
	if err := db.reader.QueryRowContext(ctx, "SELECT count(*) = 2 FROM sqlite_schema WHERE name IN ('goose_db_version', 'key_check')").Scan(&known); err != nil {
		return err
	}
	if !known {
		return timbre.Errorf(timbre.Unprocessable, "", "is not that of a server")
	}
	if err := db.reader.QueryRowContext(ctx, "SELECT max(version_id) FROM goose_db_version").Scan(&s.Tables); err != nil {
		return err
	}
	err := (&Reader{db}).key(ctx)
	if errors.Is(err, sql.ErrNoRows) { // the first start ended before it was used
		err = nil
	}
	if err == nil {
		s.Known, err = knownVersion()
	}
	if err != nil {
		return err
	}
	files, err := fs.Glob(migrations, "migrations/*.sql")
	for _, f := range files {
		if n, err := goose.NumericComponent(f); err == nil && n > s.Tables {
			s.Pending = append(s.Pending, strings.TrimSuffix(filepath.Base(f), ".sql"))
		}
	}
	return err
}

// measure looks at the size of the files and at the room beside them.
func (s *Status) measure(path string) error {
	for _, suffix := range []string{"", "-wal"} {
		if info, err := os.Stat(path + suffix); err == nil {
			s.Size += info.Size()
		}
	}
	var disk syscall.Statfs_t
	if err := syscall.Statfs(filepath.Dir(path), &disk); err != nil {
		return openError(path, err)
	}
	s.Free = int64(disk.Bavail) * int64(disk.Bsize) //nolint:unconvert // other on other systems
	return nil
}
