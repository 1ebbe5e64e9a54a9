package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"timbre"
	"timbre/store"
)

// What embeddings are bound to: the id of their row behind one of these.
const (
	ofProfile = "profile "
	ofTask    = "task "
)

// dataKey is a domain's data key, wrapped. NotFound without the domain.
func dataKey(ctx context.Context, q querier, domainID string) (wrapped []byte, err error) {
	err = q.QueryRowContext(ctx, "SELECT wrapped FROM domain WHERE id = ?", domainID).Scan(&wrapped)
	if errors.Is(err, sql.ErrNoRows) {
		err = noDomain(domainID)
	}
	return wrapped, err
}

// seal gives nil for a voiceprint without an embedding: there is nothing to keep, or it has been erased.
func (s *Store) seal(ctx context.Context, q querier, domainID, name string, v *timbre.Voiceprint) ([]byte, error) {
	if v == nil || len(v.Embedding) == 0 {
		return nil, nil
	}
	wrapped, err := dataKey(ctx, q, domainID)
	if err != nil {
		return nil, err
	}
	return store.SealVoiceprint(s.keys, wrapped, name, *v)
}

func (s *Store) open(wrapped []byte, name string, sealed []byte) (timbre.Voiceprint, error) {
	return store.OpenVoiceprint(s.keys, wrapped, name, sealed)
}
