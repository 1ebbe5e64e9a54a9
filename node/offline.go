package node

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"timbre"
	"timbre/config"
	"timbre/environment"
	"timbre/models"
	"timbre/search"
	"timbre/speech"
	"timbre/store/sqlite"
	"timbre/tone"
	"timbre/vault"
	"timbre/voice"
)

// Offline is the analysis of a server without the server, for recordings.
type Offline struct {
	VAD      speech.VAD
	Embedder *voice.Embedder
	Scorer   *tone.Scorer
	Words    tone.Words       // nil: tone is sound alone
	Searcher *search.Searcher // of the domains of a data folder; nil without a domain

	Model       string // name and version of the speaker model
	ToneModel   string // of the tone model
	Calibration search.Calibration
	Search      func(search.Source) *search.Searcher // makes a Searcher of other domains

	close func() error
}

// OpenOffline loads the models. With a domain id it also opens the settings' data folder for reading, so that the domain can
// be searched; a server may be running on that folder. It returns NotFound if there is no such folder, or no such domain
// in it.
func OpenOffline(ctx context.Context, env environment.Environment, s config.Settings, domainID string) (*Offline, error) {
	env = env.Complete()
	var profiles *sqlite.Reader
	if domainID != "" {
		var err error
		if profiles, err = openProfiles(ctx, s, domainID); err != nil {
			return nil, err
		}
	}
	m, err := loadModels(s)
	if err != nil {
		if profiles != nil {
			err = errors.Join(err, profiles.Close())
		}
		return nil, err
	}
	o := &Offline{
		VAD: m.vad, Embedder: m.embedder, Scorer: m.scorer, Words: m.words, close: m.runtime.Close,
		Model: models.Speaker().String(), ToneModel: models.Tone().String(), Calibration: m.calibration,
		Search: func(source search.Source) *search.Searcher { return m.searcher(env, s, source) },
	}
	if profiles != nil {
		o.Searcher = m.searcher(env, s, profiles)
		o.close = func() error { return errors.Join(m.runtime.Close(), profiles.Close()) }
	}
	return o, nil
}

// Close releases the models and the database.
func (o *Offline) Close() error { return o.close() }

// openProfiles opens the database and the key that a server has created. It creates nothing.
func openProfiles(ctx context.Context, s config.Settings, domainID string) (*sqlite.Reader, error) {
	for _, name := range []string{s.Database(), keyFile(s)} {
		if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
			return nil, timbre.Errorf(timbre.NotFound, "", "%s is not the data folder of a server: %s is missing", s.Data, name)
		}
	}
	keys, err := vault.Open(keyFile(s))
	if err != nil {
		return nil, err
	}
	profiles, err := sqlite.OpenReader(ctx, s.Database(), keys)
	if err != nil {
		return nil, err
	}
	if _, err := profiles.Domain(ctx, domainID); err != nil {
		return nil, errors.Join(err, profiles.Close())
	}
	return profiles, nil
}
