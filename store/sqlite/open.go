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
	"strconv"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver

	"timbre"
	"timbre/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Open opens the database at path, or creates it with mode 0600, in a folder with mode 0700. It migrates the tables to this version and
// checks that the disk accepts a write. Every error is one sentence that names the file, also if the keys are not those of the
// database or another server has it open. wait is how long Open waits for such a server to end.
func Open(ctx context.Context, path string, keys store.Sealer, log *slog.Logger, wait ...time.Duration) (*Store, error) {
	if err := createFile(path); err != nil {
		return nil, openError(path, err)
	}
	return open(ctx, path, keys, log, append(wait, 0)[0], (*Store).migrate)
}

// OpenStopped opens the database of a server that does not run, for a tool that changes what is stored. It creates and migrates nothing.
// The error is Unavailable if a server has the database open, and Conflict if the tables have another version.
func OpenStopped(ctx context.Context, path string, keys store.Sealer, log *slog.Logger) (*Store, error) {
	return open(ctx, path, keys, log, 0, (*Store).isOfThisVersion)
}

func open(ctx context.Context, path string, keys store.Sealer, log *slog.Logger, wait time.Duration, prepare func(*Store, context.Context) error) (*Store, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	lockFile, err := waiting{path, log, wait}.lock(ctx)
	if err != nil {
		return nil, openError(path, err)
	}
	s := &Store{keys: keys, log: log, lockFile: lockFile, mark: mark{path: path + markSuffix}, pace: newPace(), group: newGroup()}
	s.writer = openPool(path, 1, "_txlock=immediate", "journal_mode(WAL)", "synchronous(FULL)", "secure_delete(ON)", "wal_autocheckpoint(0)", writerCache)
	s.reader = openPool(path, max(4, runtime.NumCPU()), "_txlock=deferred", "query_only(ON)")
	for _, step := range []func(*Store, context.Context) error{prepare, (*Store).compare, (*Store).check, (*Store).resume} {
		if err := step(s, ctx); err != nil {
			_ = s.Close()
			return nil, openError(path, err)
		}
	}
	s.truncateLog(ctx) // of what was erased before a crash
	ctx, s.stop = context.WithCancel(context.WithoutCancel(ctx))
	s.background.Go(func() { s.inspect(ctx) })
	s.background.Go(func() { s.mark.keep(ctx) })
	s.background.Go(func() { s.checkpoints(ctx) })
	s.background.Go(func() { s.pack(ctx) })
	s.background.Go(func() { s.expireCopy(ctx, timbre.ResultLife) })
	return s, nil
}

// createFile creates folder and file, readable by their owner only. The engine gives its other files the mode of the first.
func createFile(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(f.Chmod(0o600), f.Close())
}

// busyTimeout limits, in milliseconds, the wait for a lock of the engine's own housekeeping.
const busyTimeout = "busy_timeout(5000)"

// writerCache is the memory, in KiB, for pages of the connection that writes: more than a transaction changes, so that it does not write
// pages to the log twice.
const writerCache = "cache_size(-16384)"

// openPool returns a pool of connections to the file.
func openPool(path string, size int, lock string, pragmas ...string) *prepared {
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
		return timbre.Errorf(timbre.Internal, "", "was created by a later version of Timbre (tables of version %d, this version knows %d)", has, knows)
	}
	if has > 0 && has < knows {
		if err := s.copyBefore(ctx, has); err != nil {
			return err
		}
	}
	done, err := p.Up(ctx)
	for _, m := range done {
		s.log.Info("database migrated", "step", filepath.Base(m.Source.Path), "took", m.Duration)
	}
	return err
}

// keyCheck is sealed in every database. It opens only with the key file that it was sealed with.
const keyCheck = "key check"

// check verifies that the key file belongs to the database and that the disk accepts a write.
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
				return timbre.Errorf(timbre.Internal, "", "was created with another key file: restore that file, or start with an empty data folder")
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

// Schema is the version of the tables that this program writes: the number of its last migration.
func Schema() (last int) {
	files, _ := fs.Glob(migrations, "migrations/*.sql")
	for _, f := range files {
		if n, err := strconv.Atoi(strings.SplitN(filepath.Base(f), "_", 2)[0]); err == nil {
			last = max(last, n)
		}
	}
	return last
}
