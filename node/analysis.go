package node

import (
	"context"
	"errors"

	"timbre"

	"timbre/config"
	"timbre/environment"
	"timbre/infer"
	"timbre/models"
	"timbre/search"
	"timbre/search/archive"
	"timbre/speech"
	"timbre/task"
	"timbre/tone"
	"timbre/voice"
)

// openTasks loads the models and creates the task engine on top of them.
func (n *Node) openTasks(context.Context) error {
	m, err := loadModels(n.settings)
	if err != nil {
		return err
	}
	n.models, n.search = m.runtime, m.searcher(n.env, n.settings, n.store)
	n.speech = speech.NewWorkers(n.env, m.vad, n.calls)
	n.newTrack = func() task.Track { return tone.NewTrack(m.scorer, m.words) }
	n.tasks = task.New(n.env, task.Config{
		AnalyticsAlways: n.settings.Analytics == "always", SearchWait: n.settings.Search.Wait, VoiceprintSpeech: n.settings.Voiceprint.Speech,
	}, task.Deps{
		Store: n.store, Announcer: n.events, Calls: n.calls,
		Speech:   n.speech,
		Embedder: m.embedder,
		Searcher: n.search,
		NewTrack: func() task.Track { return n.newTrack() },
	})
	return nil
}

// analysisModels are the models of stages 4 to 6, loaded: frames → speech → embedding and tone → ranked profiles.
type analysisModels struct {
	runtime     *infer.Runtime
	vad         *infer.Model
	embedder    *voice.Embedder
	scorer      *tone.Scorer
	words       tone.Words // nil: tone is sound alone
	calibration search.Calibration
}

func loadModels(s config.Settings) (m analysisModels, err error) {
	if m.runtime, err = infer.New(infer.Config{Threads: s.Infer.Threads}); err != nil {
		return m, err
	}
	load := func(model timbre.ONNXModel, queue infer.Queue) *infer.Model {
		loaded, e := m.runtime.Load(model, queue)
		err = errors.Join(err, e)
		return loaded
	}
	m.vad = load(models.VAD(), infer.Short)
	m.embedder = voice.New(load(models.Speaker(), infer.Long), models.Speaker().String())
	toneCalibration, e := tone.ParseCalibration(models.ToneCalibration())
	err = errors.Join(err, e)
	m.scorer = tone.New(load(models.Tone(), infer.Long), toneCalibration)
	m.words, e = loadWords(s.Tone, m.runtime)
	err = errors.Join(err, e)
	calibration, e := search.ParseCalibration(models.Calibration())
	if m.calibration = calibration; errors.Join(err, e) != nil {
		return m, errors.Join(err, e, m.runtime.Close())
	}
	return m, nil
}

// searcher searches the domains of a source, by calibrations of their own where an operator has fitted some.
func (m analysisModels) searcher(env environment.Environment, s config.Settings, source search.Source) *search.Searcher {
	own := archive.NewReader(archive.New(s.Calibrations()), models.Speaker().String(), env.Complete().Log)
	return search.New(env, rule(s), search.Deps{Source: source, Calibration: m.calibration, Own: own.Calibration})
}

// rule is the search's configuration.
func rule(s config.Settings) search.Config {
	return search.Config{Rule: search.Rule{Threshold: s.Search.Threshold, Strangers: s.Search.Strangers, Prior: s.Search.Prior}}
}
