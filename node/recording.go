package node

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"timbre"
	"timbre/config"
	"timbre/search"
	"timbre/speech"
	"timbre/store/sqlite"
	"timbre/tone"
	"timbre/vault"
	"timbre/voice"
)

// Listening is what a server hears calls with, for recordings, without a server.
type Listening struct {
	VAD      speech.VAD
	Embedder *voice.Embedder
	Scorer   *tone.Scorer
	Searcher *search.Searcher // of the domains of a data folder; nil without
	close    func() error
}

// Listen loads the models. With a domain it also opens the data folder of the settings to read what is enrolled there; a
// server may be running on it. NotFound: there is no such folder, or no such domain in it.
func Listen(ctx context.Context, s config.Settings, domainID string, log *slog.Logger) (*Listening, error) {
	var voices *sqlite.Reader
	if domainID != "" {
		var err error
		if voices, err = openVoices(ctx, s, domainID); err != nil {
			return nil, err
		}
	}
	st, err := loadStages(s)
	if err != nil {
		if voices != nil {
			err = errors.Join(err, voices.Close())
		}
		return nil, err
	}
	l := &Listening{VAD: st.vad, Embedder: st.embedder, Scorer: st.scorer, close: st.models.Close}
	if voices != nil {
		l.Searcher = st.searcher(s, voices, log)
		l.close = func() error { return errors.Join(st.models.Close(), voices.Close()) }
	}
	return l, nil
}

// Close lets go of models and database.
func (l *Listening) Close() error { return l.close() }

// openVoices opens what a server has made, and makes nothing itself.
func openVoices(ctx context.Context, s config.Settings, domainID string) (*sqlite.Reader, error) {
	key := filepath.Join(s.Data, "key")
	for _, name := range []string{s.Database(), key} {
		if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
			return nil, timbre.Errorf(timbre.NotFound, "", "no server has kept its data in %s: %s is missing", s.Data, name)
		}
	}
	keys, err := vault.Open(key)
	if err != nil {
		return nil, err
	}
	voices, err := sqlite.OpenReader(ctx, s.Database(), keys)
	if err != nil {
		return nil, err
	}
	if _, err := voices.Domain(ctx, domainID); err != nil {
		return nil, errors.Join(err, voices.Close())
	}
	return voices, nil
}
