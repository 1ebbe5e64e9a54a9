package sqlite

import (
	"context"
	"io/fs"
	"time"

	"github.com/pressly/goose/v3"

	"timbre"
	"timbre/store"
)

// Reader reads the voices in a database, also while a server has it open. It writes nothing and keeps nobody out.
type Reader struct{ s *Store }

// OpenReader opens a database that a server of this version has made. Every error is one sentence that names the file; one
// of them is that its tables are of another version, which a server of this one would have to bring up to date first.
func OpenReader(ctx context.Context, path string, keys store.Sealer) (*Reader, error) {
	r := &Reader{&Store{keys: keys, reader: pool(path, 2, "_txlock=deferred&mode=rw", "query_only(ON)")}}
	for _, step := range []func(context.Context) error{r.version, r.key} {
		if err := step(ctx); err != nil {
			_ = r.Close()
			return nil, refuse(path, err)
		}
	}
	return r, nil
}

// version holds the tables against those of this program.
func (r *Reader) version(ctx context.Context) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, r.s.reader.DB, files, goose.WithLogger(goose.NopLogger()), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	has, knows, err := p.GetVersions(ctx)
	if err == nil && has != knows {
		return timbre.Errorf(timbre.Conflict, "", "has tables of version %d, and this program reads version %d: start a server of this version on it first.", has, knows)
	}
	return err
}

// key proves that the database opens under the key file.
func (r *Reader) key(ctx context.Context) error {
	var wrapped, sealed []byte
	if err := r.s.reader.QueryRowContext(ctx, "SELECT wrapped, sealed FROM key_check").Scan(&wrapped, &sealed); err != nil {
		return err
	}
	if _, err := r.s.keys.Open(wrapped, keyCheck, sealed); err != nil {
		return timbre.Errorf(timbre.Conflict, "", "was made with another key file.")
	}
	return nil
}

// Domain is one of Domains.
func (r *Reader) Domain(ctx context.Context, id string) (timbre.Domain, error) {
	return r.s.Domain(ctx, id)
}

// Generation is that of Profiles.
func (r *Reader) Generation(ctx context.Context, domainID string) (int64, error) {
	return r.s.Generation(ctx, domainID)
}

// Voiceprints are those of Profiles.
func (r *Reader) Voiceprints(ctx context.Context, domainID string, now time.Time) ([]timbre.Profile, error) {
	return r.s.Voiceprints(ctx, domainID, now)
}

// Close lets go of the database.
func (r *Reader) Close() error { return wrap("store.Close", r.s.reader.Close()) }
