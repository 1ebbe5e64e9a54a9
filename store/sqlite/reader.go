package sqlite

import (
	"context"
	"io/fs"
	"log/slog"
	"slices"
	"time"

	"github.com/pressly/goose/v3"

	"timbre"
	"timbre/store"
)

// Reader reads voiceprints from a database, also while a server has it open. It writes nothing and takes no lock.
type Reader struct{ s *Store }

// OpenReader opens a database that a server of this version has created. Every error is one sentence that names the file, also if the
// tables have another version, which only a server can migrate.
func OpenReader(ctx context.Context, path string, keys store.Sealer) (*Reader, error) {
	r := &Reader{&Store{keys: keys, log: slog.New(slog.DiscardHandler), reader: openPool(path, 2, "_txlock=deferred&mode=rw", "query_only(ON)")}}
	for _, step := range []func(context.Context) error{r.s.isOfThisVersion, r.key} {
		if err := step(ctx); err != nil {
			_ = r.Close()
			return nil, openError(path, err)
		}
	}
	return r, nil
}

// isOfThisVersion checks the version of the tables.
func (s *Store) isOfThisVersion(ctx context.Context) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, s.reader.DB, files, goose.WithLogger(goose.NopLogger()), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	has, knows, err := p.GetVersions(ctx)
	if err == nil && has != knows {
		return timbre.Errorf(timbre.Conflict, "", "has tables of version %d, but this program reads version %d: start a server of this version on it first", has, knows)
	}
	return err
}

// key checks that the key file belongs to the database.
func (r *Reader) key(ctx context.Context) error {
	var wrapped, sealed []byte
	if err := r.s.reader.QueryRowContext(ctx, "SELECT wrapped, sealed FROM key_check").Scan(&wrapped, &sealed); err != nil {
		return err
	}
	if _, err := r.s.keys.Open(wrapped, keyCheck, sealed); err != nil {
		return timbre.Errorf(timbre.Conflict, "", "was created with another key file")
	}
	return nil
}

// Domain implements timbre.DomainReader.
func (r *Reader) Domain(ctx context.Context, id string) (timbre.Domain, error) {
	return r.s.Domain(ctx, id)
}

// FollowVoiceprints implements timbre.VoiceprintFollower.
func (r *Reader) FollowVoiceprints(ctx context.Context, domainID string, after int64, now time.Time, to timbre.VoiceprintIndex) (int64, error) {
	return r.s.FollowVoiceprints(ctx, domainID, after, now, to)
}

// Voiceprints returns the profiles of a domain that have not expired at now: ID, Expires and Voiceprint. NotFound without the domain.
func (r *Reader) Voiceprints(ctx context.Context, domainID string, now time.Time) ([]timbre.Profile, error) {
	var all collection
	_, err := r.s.FollowVoiceprints(ctx, domainID, 0, now, &all)
	return all, err
}

// collection is a copy of a domain's voices that is made once.
type collection []timbre.Profile

// Clear implements timbre.VoiceprintIndex.
func (c *collection) Clear() { *c = nil }

// Put implements timbre.VoiceprintIndex.
func (c *collection) Put(p timbre.Profile) {
	p.Voiceprint.Embedding = slices.Clone(p.Voiceprint.Embedding)
	*c = append(*c, p)
}

// Remove implements timbre.VoiceprintIndex.
func (c *collection) Remove(id string) {
	*c = slices.DeleteFunc(*c, func(p timbre.Profile) bool { return p.ID == id })
}

// Close closes the database.
func (r *Reader) Close() error { return wrap("store.Close", r.s.reader.Close()) }
