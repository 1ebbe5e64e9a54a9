package node

import (
	"errors"
	"log/slog"
	"time"

	"timbre/config"
	"timbre/infer"
	"timbre/models"
	"timbre/search"
	"timbre/tone"
	"timbre/voice"
)

// stages are 4, 5 and 6 with their models loaded: frames → speech → an embedding and a tone → a name.
type stages struct {
	models      *infer.Runtime
	vad         *infer.Model
	embedder    *voice.Embedder
	scorer      *tone.Scorer
	calibration search.Calibration
}

func loadStages(s config.Settings) (st stages, err error) {
	if st.models, err = infer.New(infer.Config{Threads: s.Infer.Threads}); err != nil {
		return st, err
	}
	load := func(m models.Model, lane infer.Lane) *infer.Model {
		loaded, e := st.models.Load(m.String(), m.ONNX, m.Inputs, m.Outputs, lane)
		err = errors.Join(err, e)
		return loaded
	}
	st.vad = load(models.VAD(), infer.Short)
	st.embedder = voice.New(load(models.Speaker(), infer.Long), models.Speaker().String())
	st.scorer = tone.New(load(models.Tone(), infer.Long))
	calibration, e := search.ParseCalibration(models.Calibration())
	if st.calibration = calibration; errors.Join(err, e) != nil {
		return st, errors.Join(err, e, st.models.Close())
	}
	return st, nil
}

// searcher searches the domains of a source.
func (st stages) searcher(s config.Settings, source search.Source, log *slog.Logger) *search.Searcher {
	return search.New(source, st.calibration, search.Config{Threshold: s.Search.Threshold, Now: time.Now, Log: log})
}
