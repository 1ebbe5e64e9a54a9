package node

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"timbre"
	"timbre/config"
	"timbre/environment"
	"timbre/search"
	"timbre/search/archive"
	"timbre/speech"
	"timbre/store/sqlite"
	"timbre/tone"
	"timbre/vault"
	"timbre/voice"
)

// Offline is the analysis of a server without the server, for recordings.
type Offline struct {
	VAD      speech.SequenceVAD
	Speech   speech.Config
	Embedder *voice.Embedder
	Scorer   *tone.Scorer
	Words    tone.Words       // nil: tone is sound alone
	Searcher *search.Searcher // of the domains of a data folder; nil without a domain

	Model       string // id of the speaker model
	ToneModel   string // of the tone model
	Calibration search.Calibration
	Bare        bool // no calibration came with the speaker model: Calibration ranks profiles, and its scores are no probabilities

	env      environment.Environment
	settings config.Settings
	profiles *sqlite.Reader // nil without a domain
	close    func() error
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
	m, err := loadModels(env, s, 0)
	if err == nil && domainID != "" && m.uncalibrated != nil {
		err = errors.Join(m.uncalibrated, m.runtime.Close())
	}
	if err != nil {
		if profiles != nil {
			err = errors.Join(err, profiles.Close())
		}
		return nil, err
	}
	o := &Offline{
		VAD: m.vad, Speech: speechConfig(s), Embedder: m.embedder, Scorer: m.scorer, Words: m.words, close: m.runtime.Close,
		Model: m.model, ToneModel: m.toneModel, Calibration: m.calibration, Bare: m.bare,
		env: env, settings: s, profiles: profiles,
	}
	if profiles != nil {
		o.Searcher = m.searcher(env, s, profiles)
		o.close = func() error { return errors.Join(m.runtime.Close(), profiles.Close()) }
	}
	return o, nil
}

// Search makes a Searcher of another source, by a calibration and a rule.
func (o *Offline) Search(source search.Source, by search.Calibration, r search.Rule) *search.Searcher {
	return search.New(o.env, search.Config{Rule: r}, search.Deps{Source: source, Calibration: by})
}

// Rule is that of the settings, with what the tags of the domain override that was opened.
func (o *Offline) Rule(ctx context.Context, domainID string) (search.Rule, error) {
	if domainID == "" {
		return rule(o.settings).Rule, nil
	}
	return o.Searcher.Rule(ctx, domainID)
}

// Applied is the calibration that a search of a domain uses, and whose it is. Without an id, it is of a domain that has none of its own.
func (o *Offline) Applied(domainID string) (c search.Calibration, whose string, err error) {
	a := archive.New(o.settings.Calibrations())
	for _, scope := range []string{domainID, archive.Server} {
		if scope == "" {
			continue
		}
		e, err := a.Current(scope, o.Model)
		if err != nil {
			return c, "", err
		}
		if e != nil {
			c, err = search.ParseCalibration(e.Calibration)
			return c, fmt.Sprintf("of %s, version %d", scope, e.Version), err
		}
	}
	if o.Bare {
		return o.Calibration, "none: scores are cosines, so neither Cllr nor who is named means anything", nil
	}
	return o.Calibration, "of the model", nil
}

// KnownCalls are the voiceprints of a domain's calls whose callers are known.
func (o *Offline) KnownCalls(ctx context.Context, domainID string) ([]sqlite.KnownCall, error) {
	return o.profiles.KnownCalls(ctx, domainID)
}

// Close releases the models and the database.
func (o *Offline) Close() error { return o.close() }

// IsDataFolder says why the settings' data folder is not that of a server.
func IsDataFolder(s config.Settings) error {
	for _, name := range []string{s.Database(), keyFile(s)} {
		if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
			return timbre.Errorf(timbre.NotFound, "", "%s is not the data folder of a server: %s is missing", s.Data, name)
		}
	}
	return nil
}

// openProfiles opens the database and the key that a server has created. It creates nothing.
func openProfiles(ctx context.Context, s config.Settings, domainID string) (*sqlite.Reader, error) {
	if err := IsDataFolder(s); err != nil {
		return nil, err
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
