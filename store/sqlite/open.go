package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"runtime"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver

	"timbre"
	"timbre/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Open opens the database at path, or makes one: a file 0600, in a folder 0700 if the folder has to be made. It brings the
// tables to the form of this version and proves that the disk takes a write. Every error is one sentence that names the
// file; one of them is that keys are not those that the database was made with, another that a server has it open.
func Open(ctx context.Context, path string, keys store.Sealer, log *slog.Logger) (*Store, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	if err := prepare(path); err != nil {
		return nil, refuse(path, err)
	}
	held, err := lock(path)
	if err != nil {
		return nil, refuse(path, err)
	}
	s := &Store{keys: keys, log: log, held: held}
	s.writer = pool(path, 1, "_txlock=immediate", "journal_mode(WAL)", "synchronous(FULL)", "secure_delete(ON)")
	s.reader = pool(path, max(4, runtime.NumCPU()), "_txlock=deferred", "query_only(ON)")
	for _, step := range []func(context.Context) error{s.migrate, s.check} {
		if err := step(ctx); err != nil {
			_ = s.Close()
			return nil, refuse(path, err)
		}
	}
	s.scrub(ctx) // of what was erased just before a crash
	return s, nil
}

// prepare makes folder and file, so that nobody but the owner may ever look into them. The engine gives its other files
// the mode of the first.
func prepare(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(f.Chmod(0o600), f.Close())
}

// busyTimeout ends, in milliseconds, the wait for a lock that the engine's own housekeeping has taken.
const busyTimeout = "busy_timeout(5000)"

// pool is a set of connections to the file.
func pool(path string, size int, lock string, pragmas ...string) *prepared {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	dsn := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: lock + "&_error_rc=1&_dqs=0"}
	for _, p := range append([]string{busyTimeout, "foreign_keys(ON)", "temp_store(MEMORY)"}, pragmas...) {
		dsn.RawQuery += "&_pragma=" + url.QueryEscape(p)
	}
	db, err := sql.Open("sqlite", dsn.String())
	if err != nil {
		panic(err) // only an unknown driver fails here
	}
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	return &prepared{DB: db, ready: map[string]*sql.Stmt{}}
}

func (s *Store) migrate(ctx context.Context) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, s.writer.DB, files,
		goose.WithLogger(goose.NopLogger()), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	has, knows, err := p.GetVersions(ctx)
	if err != nil {
		return err
	}
	if has > knows {
		return timbre.Errorf(timbre.Internal, "", "was made by a later version of Timbre (tables of version %d, this one knows %d).", has, knows)
	}
	done, err := p.Up(ctx)
	for _, m := range done {
		s.log.Info("migrated the database", "step", filepath.Base(m.Source.Path), "took", m.Duration)
	}
	return err
}

// keyCheck is sealed in every database: it opens again only under the key file that it was sealed with.
const keyCheck = "key check"

// check holds the key file against the database, and the disk against a write.
func (s *Store) check(ctx context.Context) error {
	return s.write(ctx, "", func(q querier) error {
		var wrapped, sealed []byte
		err := q.QueryRowContext(ctx, "SELECT wrapped, sealed FROM key_check").Scan(&wrapped, &sealed)
		if errors.Is(err, sql.ErrNoRows) {
			if wrapped, err = s.keys.NewKey(); err == nil {
				sealed, err = s.keys.Seal(wrapped, keyCheck, []byte(keyCheck))
			}
		} else if err == nil {
			if _, err := s.keys.Open(wrapped, keyCheck, sealed); err != nil {
				return timbre.Errorf(timbre.Internal, "", "was made with another key file: put that one back, or begin with an empty data folder.")
			}
		}
		if err != nil {
			return err
		}
		_, err = q.ExecContext(ctx, `INSERT INTO key_check (only, wrapped, sealed, opened) VALUES (1, ?, ?, unixepoch())
			ON CONFLICT DO UPDATE SET opened = excluded.opened`, wrapped, sealed)
		return err
	})
}
