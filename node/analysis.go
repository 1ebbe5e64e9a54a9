package node

import (
	"context"
	"errors"
	"time"

	"timbre/config"
	"timbre/environment"
	"timbre/load"
	"timbre/search"
	"timbre/search/archive"
	"timbre/speech"
	"timbre/task"
	"timbre/tone"
)

// openTasks loads the models and creates the task engine on top of them.
func (n *Node) openTasks(context.Context) error {
	m, err := loadModels(n.env, n.settings, gather)
	if err != nil {
		return err
	}
	if m.uncalibrated != nil {
		return errors.Join(m.uncalibrated, m.runtime.Close())
	}
	warnings, err := m.loadSpoof(n.env, n.settings)
	if err != nil {
		return errors.Join(err, m.runtime.Close())
	}
	n.speakerModel = m.model
	n.models, n.search = m.runtime, m.searcher(n.env, n.settings, n.store)
	n.speech = speech.NewWorkers(n.env, speechConfig(n.settings), m.vad, n.calls)
	n.load = load.New(n.env, load.Deps{Late: []func() time.Duration{n.speech.Oldest, m.speaker.Overdue}, Need: func() float64 { return n.need(m) }})
	n.newTrack = func() task.Track { return tone.NewTrack(m.scorer, m.words) }
	n.tasks = task.New(n.env, task.Config{
		AnalyticsAlways: n.settings.Analytics == "always", SearchWait: n.settings.Search.Wait, VoiceprintSpeech: n.settings.Voiceprint.Speech,
		Model: m.model, KeepAudio: n.settings.Voiceprint.Audio == "keep",
	}, task.Deps{
		Store: n.store, Announcer: n.events, Calls: n.calls, Meters: n.calls,
		Speech:   n.speech,
		Embedder: m.embedder,
		Searcher: n.search,
		Spoof:    warnings,
		NewTrack: func() task.Track { return n.newTrack() },
		Load:     n.load,
		Behind:   n.load.Behind,
	})
	return nil
}

// speechConfig is the configuration of the detection of speech.
func speechConfig(s config.Settings) speech.Config { return speech.Config{Gates: s.Speech.Gates} }

// searcher searches the domains of a source, by calibrations of their own where an operator has fitted some.
func (m analysisModels) searcher(env environment.Environment, s config.Settings, source search.Source) *search.Searcher {
	own := archive.NewReader(archive.New(s.Calibrations()), m.model, env.Complete().Log)
	return search.New(env, rule(s), search.Deps{Source: source, Calibration: m.calibration, Own: own.Calibration})
}

// rule is the search's configuration.
func rule(s config.Settings) search.Config {
	return search.Config{Rule: search.Rule{Threshold: s.Search.Threshold, Strangers: s.Search.Strangers, Prior: s.Search.Prior}}
}
