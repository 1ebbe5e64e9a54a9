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

func (s *Store) ListProfiles(ctx context.Context, domainID string, p timbre.Page) ([]timbre.Item, error) {
	const op = "store.ListProfiles"
	if _, err := s.Domain(ctx, domainID); err != nil {
		return nil, wrap(op, err)
	}
	return page[timbre.Item](ctx, s, op, p, "profile", "domain_id = ?", domainID)
}

// DeleteProfile also erases the voiceprints of the tasks that the profile was enrolled or renewed from.
func (s *Store) DeleteProfile(ctx context.Context, id string) error {
	var domainID string
	return s.erase(ctx, "store.DeleteProfile", func(q querier) error {
		err := q.QueryRowContext(ctx, "DELETE FROM profile WHERE id = ? RETURNING domain_id", id).Scan(&domainID)
		if errors.Is(err, sql.ErrNoRows) {
			return noProfile(id)
		}
		if err == nil {
			_, err = q.ExecContext(ctx, eraseOfProfile, id)
		}
		return err
	}, s.observers.voicesErased(&domainID))
}

const eraseOfProfile = `UPDATE task SET sealed = NULL, erased = 1 WHERE rowid IN (
	SELECT rowid FROM task INDEXED BY task_voiceprint_by_profile WHERE enrolled = ?1 AND enrolled <> '' AND sealed IS NOT NULL
	UNION SELECT rowid FROM task INDEXED BY task_voiceprint_by_renewal WHERE renewed = ?1 AND renewed <> '' AND sealed IS NOT NULL)`

// ModelsInProfiles leaves out profiles whose document is damaged.
func (s *Store) ModelsInProfiles(ctx context.Context) ([]timbre.ModelUse, error) {
	list, err := queryAll(ctx, s.reader, func(row scanner) (u timbre.ModelUse, err error) {
		return u, row.Scan(&u.Model, &u.Profiles, &u.Domains)
	}, `SELECT iif(json_valid(document), document ->> '$.Voiceprint.Model', NULL) AS model, count(*), count(DISTINCT domain_id)
		FROM profile WHERE sealed IS NOT NULL GROUP BY model HAVING model IS NOT NULL ORDER BY model`)
	return list, wrap("store.ModelsInProfiles", err)
}

func (s *Store) Voiceprint(ctx context.Context, id string, now time.Time) (timbre.Profile, error) {
	p, err := s.Profile(ctx, id)
	if err != nil {
		return p, err
	}
	var sealed, wrapped []byte
	err = s.reader.QueryRowContext(ctx, `SELECT p.sealed, d.wrapped FROM profile p JOIN domain d ON d.id = p.domain_id WHERE p.id = ?
		AND p.expires > ?`, id, unixNano(now)).Scan(&sealed, &wrapped)
	if errors.Is(err, sql.ErrNoRows) || err == nil && sealed == nil {
		return p, nil
	}
	if err == nil {
		p.Voiceprint, err = s.open(wrapped, profileName+id, sealed)
	}
	return p, wrap("store.Voiceprint", err)
}
