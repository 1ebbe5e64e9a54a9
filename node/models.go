package node

import (
	"errors"
	"fmt"
	"time"

	"timbre"
	"timbre/config"
	"timbre/environment"
	"timbre/infer"
	"timbre/models/card"
	"timbre/models/library"
	"timbre/search"
	"timbre/search/archive"
	"timbre/task"
	"timbre/tone"
	"timbre/voice"
	"timbre/voice/spoof"
)

// Library is the models of the settings' data folder, and those that the settings name.
func Library(s config.Settings) *library.Library {
	l := library.Open(s.Data, map[card.Kind]string{card.Speaker: s.Models.Speaker, card.Tone: s.Models.Tone, card.VAD: s.Models.VAD, card.Spoof: s.Models.Spoof})
	l.Check = checkCalibration
	return l
}

// checkCalibration says why a calibration cannot be used with a model: it is malformed, or of another model. One that names none is taken.
func checkCalibration(c card.Card, document []byte) error {
	if c.Kind == card.Tone {
		_, err := tone.ParseCalibration(document)
		return err
	}
	of, err := search.ParseCalibration(document)
	if err == nil && (of.Model != "" && of.Model != c.Name || of.Version != "" && of.Version != c.Version) {
		err = timbre.Errorf(timbre.Invalid, "", "the calibration is of model %s %s, not of %s %s", of.Model, of.Version, c.Name, c.Version)
	}
	return err
}

// analysisModels are the models of stages 4 to 6, loaded: frames → speech → embedding and tone → ranked profiles.
type analysisModels struct {
	runtime      *infer.Runtime
	vad          *infer.Batch
	model        string // by which voiceprints name the speaker model
	speaker      *infer.Model
	embedder     *voice.Embedder
	tones        *infer.Model
	toneModel    string
	scorer       *tone.Scorer
	words        tone.Words // nil: tone is sound alone
	calibration  search.Calibration
	bare         bool  // no calibration came with the speaker model
	uncalibrated error // why scores are no probabilities; nil if they are
}

// gather is how long a window of live audio waits for those of other legs, which are then one run: less than half of the time that it lasts.
const gather = 10 * time.Millisecond

// loadModels loads the models for audio of which windows wait for others for a time.
func loadModels(env environment.Environment, s config.Settings, gather time.Duration) (m analysisModels, err error) {
	if m.runtime, err = infer.New(env, infer.Config{Threads: s.Infer.Threads}); err != nil {
		return m, err
	}
	l := loader{env: env, library: Library(s), runtime: m.runtime}
	vad, tones, speaker := l.load(card.VAD, infer.Short), l.load(card.Tone, infer.Long), l.load(card.Speaker, infer.Long)
	if l.err == nil {
		m.calibration, l.err = calibration(speaker.entry)
		m.bare = speaker.entry.Card.Calibration == ""
		m.uncalibrated = Uncalibrated(s, speaker.entry)
	}
	var toneCalibration tone.Calibration
	if l.err == nil {
		toneCalibration, l.err = calibrationOfTone(tones.entry)
	}
	if l.err == nil {
		m.words, l.err = loadWords(s.Tone, m.runtime)
	}
	if l.err != nil {
		return m, errors.Join(l.err, m.runtime.Close())
	}
	m.vad, m.model, m.toneModel = m.runtime.Batch(vad.Model, gather), speaker.id, tones.id
	m.speaker, m.tones = speaker.Model, tones.Model
	m.embedder, m.scorer = voice.New(speaker.Model, speaker.id), tone.New(tones.Model, toneCalibration)
	return m, nil
}

// loadSpoof loads the model that warns of synthetic voices; nil if they are not to be warned of.
func (m analysisModels) loadSpoof(env environment.Environment, s config.Settings) (task.Spoof, error) {
	if s.Spoof != "warn" {
		return nil, nil
	}
	l := loader{env: env, library: Library(s), runtime: m.runtime}
	model := l.load(card.Spoof, infer.Long)
	if l.err != nil {
		return nil, fmt.Errorf("spoof is warn: %w", l.err)
	}
	return spoof.New(env, spoof.Config{Threshold: model.entry.Card.Threshold}, model.Model), nil
}

// loadedModel is a model with where it came from.
type loadedModel struct {
	*infer.Model
	id    string
	entry library.Entry
}

// loader loads models until one fails.
type loader struct {
	env     environment.Environment
	library *library.Library
	runtime *infer.Runtime
	err     error
}

// load loads the model of a kind that the library has in use.
func (l *loader) load(kind card.Kind, queue infer.Queue) (m loadedModel) {
	if l.err != nil {
		return m
	}
	if m.entry, l.err = l.library.Choose(kind); l.err != nil {
		return m
	}
	model, err := m.entry.Load()
	if err == nil {
		m.Model, err = l.runtime.Load(model, queue)
	}
	if l.err = err; err == nil && !m.entry.BuiltIn {
		l.env.Log.Info("uses a model that was added", "kind", string(kind), "model", m.entry.Card.ID())
	}
	m.id = model.String()
	return m
}

// SpeakerModel is the id of the speaker model in use, by which voiceprints name it.
func SpeakerModel(s config.Settings) (string, error) {
	e, err := Library(s).Choose(card.Speaker)
	return e.Card.Model(nil).String(), err
}

// Uncalibrated says why the scores of a speaker model are no probabilities; nil if they are: by the calibration that came with it, or
// by one that was fitted for all domains.
func Uncalibrated(s config.Settings, e library.Entry) error {
	if e.Card.Calibration != "" {
		return nil
	}
	fitted, err := archive.New(s.Calibrations()).Current(archive.Server, e.Card.Model(nil).String())
	if err != nil || fitted != nil {
		return err
	}
	return timbre.Errorf(timbre.Invalid, "", "speaker model %s has no calibration, so its scores are no probabilities: "+
		"`timbre calibrate RECORDINGS --models.speaker %s` fits one, and `timbre models use %s --calibration FILE` gives it one that you have",
		e.Card.ID(), e.Card.ID(), e.Card.ID())
}

// calibration reads the calibration of a speaker model. Without one, its scores rank profiles and are no probabilities.
func calibration(e library.Entry) (c search.Calibration, err error) {
	document, err := e.Calibration()
	if err != nil {
		return c, err
	}
	if document != nil {
		return search.ParseCalibration(document)
	}
	c.Form, c.Model, c.Version, c.Score = search.Form, e.Card.Name, e.Card.Version, 1
	c.Strangers.Spread, c.Strangers.Tail = 1, search.Tail{From: 2, Share: 0.02, Scale: 0.4}
	return c, nil
}

// calibrationOfTone reads the calibration of a tone model. Without one, its scores are reported as they are.
func calibrationOfTone(e library.Entry) (c tone.Calibration, err error) {
	document, err := e.Calibration()
	if err != nil || document == nil {
		return c, err
	}
	return tone.ParseCalibration(document)
}
