package sqlite

import "context"

// Pack packs all voiceprints that are in no block, as is otherwise done once a minute.
func (s *Store) Pack(ctx context.Context) error {
	_, err := s.packAll(ctx, nil)
	return err
}
