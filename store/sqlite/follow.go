package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"timbre"
)

// followed is how many changes a domain's deletions are remembered for. Whoever is further behind reads all. The trigger
// profile_deleted says the same.
const followed = 10_000

// FollowVoiceprints implements timbre.VoiceprintFollower.
func (s *Store) FollowVoiceprints(ctx context.Context, domainID string, after int64, now time.Time, to timbre.VoiceprintIndex) (int64, error) {
	const op = "store.FollowVoiceprints"
	// The generation is read first: what is read afterwards may be newer, and comes once more, but never older.
	var generation int64
	var wrapped []byte
	err := s.reader.QueryRowContext(ctx, "SELECT generation, wrapped FROM domain WHERE id = ?", domainID).Scan(&generation, &wrapped)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return 0, wrap(op, noDomain(domainID))
	case err != nil || generation == after:
		return generation, wrap(op, err)
	}
	if _, err := s.keys.Seal(wrapped, "", nil); err != nil { // no profile can be read, and none is damaged
		return 0, timbre.Errorf(timbre.Internal, op, "the key of voice profile domain %s cannot be opened: %w", domainID, err)
	}
	d := voices{domainID, wrapped}
	if after < 1 || after > generation || generation-after >= followed {
		to.Clear()
		return generation, wrap(op, s.putAll(ctx, d, now, to))
	}
	if err = s.removeDeleted(ctx, domainID, after, to); err == nil {
		err = s.putChanged(ctx, d, span{after + 1, latest}, now, to)
	}
	return generation, wrap(op, err)
}

// voices are those of a domain, and the key that they are sealed with.
type voices struct {
	domainID string
	wrapped  []byte
}

func (s *Store) removeDeleted(ctx context.Context, domainID string, after int64, to timbre.VoiceprintIndex) error {
	ids, err := queryAll(ctx, s.reader, func(row scanner) (id string, err error) { return id, row.Scan(&id) },
		"SELECT id FROM deleted_profile WHERE domain_id = ? AND generation > ? ORDER BY generation", domainID, after)
	for _, id := range ids {
		to.Remove(id)
	}
	return err
}

// putChanged hands over the profiles whose last change was at one of the generations. One that cannot be read is isolated, once the rows are closed, and does not hide
// the others.
func (s *Store) putChanged(ctx context.Context, d voices, at span, now time.Time, to timbre.VoiceprintIndex) (err error) {
	rows, err := s.reader.QueryContext(ctx, `SELECT id, expires, sealed FROM profile INDEXED BY profile_by_change
		WHERE domain_id = ? AND changed BETWEEN ? AND ? ORDER BY changed`, d.domainID, at.first, at.last)
	if err != nil {
		return err
	}
	bad := map[string]error{}
	defer func() {
		err = errors.Join(err, rows.Close())
		for id, reason := range bad {
			s.isolate(ctx, damaged{"profile", id}, reason)
		}
	}()
	for rows.Next() {
		var id string
		var expires int64
		var sealed sql.RawBytes
		if err := rows.Scan(&id, &expires, &sealed); err != nil {
			return err
		}
		if sealed == nil || expires <= unixNano(now) {
			to.Remove(id)
			continue
		}
		v, err := s.open(d.wrapped, profileName+id, sealed)
		if err != nil {
			bad[id] = err
			to.Remove(id)
			continue
		}
		to.Put(timbre.Profile{ID: id, DomainID: d.domainID, Expires: time.Unix(0, expires).UTC(), Voiceprint: v})
		clear(v.Embedding)
	}
	return rows.Err()
}
