package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"
)

// copyBefore copies the database before its tables change, in place of the copy before. It is erased
// when the results in it must be: see expireCopy.
func (s *Store) copyBefore(ctx context.Context, version int64) error {
	to := s.copyName()
	if err := copyTo(ctx, s.writer.DB, to); err != nil {
		_ = os.Remove(to)
		return fmt.Errorf("copy before the tables change: %w", err)
	}
	s.log.Info("database copied before its tables change", "copy", to, "tables", version)
	return nil
}

// copyName is the file of that copy.
func (s *Store) copyName() string { return CopyName(s.file()) }

// CopyName is the file of the copy that is made of a database before its tables change.
func CopyName(database string) string { return database + ".before-migration" }

// file is the file of the database.
func (s *Store) file() string { return strings.TrimSuffix(s.mark.path, markSuffix) }

// expireCopy erases the copy at the end of its life.
func (s *Store) expireCopy(ctx context.Context, life time.Duration) {
	f, err := os.Stat(s.copyName())
	if err != nil {
		return // there is none
	}
	timer := time.NewTimer(time.Until(f.ModTime().Add(life)))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		return
	}
	if err := os.Remove(s.copyName()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.log.Error("an old copy of the database cannot be erased", "copy", s.copyName(), "error", err)
	}
}
