package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"timbre"
	"timbre/store"
)

// The prefixes of the names that sealed embeddings are bound to. The id of the row follows.
const (
	profileName = "profile "
	taskName    = "task "
)

// dataKey returns the wrapped data key of a domain. NotFound without the domain.
func dataKey(ctx context.Context, q querier, domainID string) (wrapped []byte, err error) {
	err = q.QueryRowContext(ctx, "SELECT wrapped FROM domain WHERE id = ?", domainID).Scan(&wrapped)
	if errors.Is(err, sql.ErrNoRows) {
		err = noDomain(domainID)
	}
	return wrapped, err
}

// seal returns nil for a voiceprint without an embedding, which has been erased or never existed.
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
