package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"timbre"
)

func (s *Store) Profile(ctx context.Context, id string) (timbre.Profile, error) {
	p, err := documents[timbre.Profile](s, "profile").one(ctx, noProfile(id), "SELECT id, document FROM profile WHERE id = ?", id)
	return p, wrap("store.Profile", err)
}

func profile(ctx context.Context, q querier, id string) (timbre.Profile, error) {
	return queryOne(ctx, q, scanDocument[timbre.Profile], noProfile(id), "SELECT document FROM profile WHERE id = ?", id)
}

func noProfile(id string) error { return notFound("voice profile", id) }

func (s *Store) ListProfiles(ctx context.Context, domainID string, p timbre.Page) ([]timbre.Profile, error) {
	if _, err := dataKey(ctx, s.reader, domainID); err != nil {
		return nil, wrap("store.ListProfiles", err)
	}
	at, err := s.position(ctx, p)
	if err != nil {
		return nil, wrap("store.ListProfiles", err)
	}
	list, err := documents[timbre.Profile](s, "profile").all(ctx, at.limit,
		"SELECT id, document FROM profile WHERE domain_id = ? AND (created, id) > (?, ?) ORDER BY created, id", domainID, at.created, at.id)
	return list, wrap("store.ListProfiles", err)
}

// DeleteProfile also erases the voiceprints of the tasks that the profile was enrolled or renewed from.
func (s *Store) DeleteProfile(ctx context.Context, id string) error {
	return s.erase(ctx, "store.DeleteProfile", func(q querier) error {
		if err := execOne(ctx, q, noProfile(id), "DELETE FROM profile WHERE id = ?", id); err != nil {
			return err
		}
		_, err := q.ExecContext(ctx, eraseOfProfile, id)
		return err
	})
}

const eraseOfProfile = `UPDATE task SET sealed = NULL, erased = 1 WHERE rowid IN (
	SELECT rowid FROM task INDEXED BY task_voiceprint_by_profile WHERE enrolled = ?1 AND enrolled <> '' AND sealed IS NOT NULL
	UNION SELECT rowid FROM task INDEXED BY task_voiceprint_by_renewal WHERE renewed = ?1 AND renewed <> '' AND sealed IS NOT NULL)`

func (s *Store) Generation(ctx context.Context, domainID string) (n int64, err error) {
	err = s.reader.QueryRowContext(ctx, "SELECT generation FROM domain WHERE id = ?", domainID).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		err = noDomain(domainID)
	}
	return n, wrap("store.Generation", err)
}

// ModelsInProfiles leaves out profiles whose document is damaged.
func (s *Store) ModelsInProfiles(ctx context.Context) ([]timbre.ModelUse, error) {
	list, err := queryAll(ctx, s.reader, func(row scanner) (u timbre.ModelUse, err error) {
		return u, row.Scan(&u.Model, &u.Profiles, &u.Domains)
	}, `SELECT iif(json_valid(document), document ->> '$.Voiceprint.Model', NULL) AS model, count(*), count(DISTINCT domain_id)
		FROM profile WHERE sealed IS NOT NULL GROUP BY model HAVING model IS NOT NULL ORDER BY model`)
	return list, wrap("store.ModelsInProfiles", err)
}

func (s *Store) Voiceprints(ctx context.Context, domainID string, now time.Time) ([]timbre.Profile, error) {
	wrapped, err := dataKey(ctx, s.reader, domainID)
	if err != nil {
		return nil, wrap("store.Voiceprints", err)
	}
	if _, err := s.keys.Seal(wrapped, "", nil); err != nil { // no profile can be read, and none is damaged
		return nil, timbre.Errorf(timbre.Internal, "store.Voiceprints", "the key of voice profile domain %s cannot be opened: %w", domainID, err)
	}
	list, err := readable[timbre.Profile]{s, "profile", func(row scanner) (p timbre.Profile, err error) {
		var doc string
		var sealed []byte
		if err := row.Scan(&doc, &sealed); err != nil {
			return p, err
		}
		if p, err = read[timbre.Profile](doc); err != nil {
			return p, err
		}
		p.Voiceprint, err = s.open(wrapped, profileName+p.ID, sealed)
		return p, err
	}}.all(ctx, -1, `SELECT id, document, sealed FROM profile WHERE domain_id = ? AND expires > ? AND sealed IS NOT NULL
		ORDER BY created, id`, domainID, unixNano(now))
	return list, wrap("store.Voiceprints", err)
}
