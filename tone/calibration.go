package tone

import (
	"encoding/json"

	"timbre"
)

// Calibration maps the scores of a tone model to those that are reported: the log-odds of positive and of negative are lowered, each
// against the rest, until plain reading by anyone is neutral. The shift is the same for all speech, so it moves labels and leaves
// the ranking of speech as the model has it. Voices differ more than one voice does from itself; as a voice becomes known, a part
// of the shift is given back: see baseline.
type Calibration struct {
	Shift Odds `json:"shift"` // for a voice that is heard for the first time
	Known Odds `json:"known"` // the part that a known voice does without
	Plain Odds `json:"plain"` // the mean log-odds of plain reading, after the shift
}

// ParseCalibration reads the JSON document that belongs to a tone model.
func ParseCalibration(document []byte) (Calibration, error) {
	const op = "tone.ParseCalibration"
	var c Calibration
	if err := json.Unmarshal(document, &c); err != nil {
		return c, timbre.Errorf(timbre.Invalid, op, "%w", timbre.JSONFault(document, err))
	}
	if min(c.Known.Positive, c.Known.Negative, c.Shift.Positive-c.Known.Positive, c.Shift.Negative-c.Known.Negative) < 0 {
		return c, timbre.Errorf(timbre.Invalid, op, "the shift %+v, less %+v for a known voice, raises scores", c.Shift, c.Known)
	}
	if plain := c.Plain.plus(1, c.Known).tone(); plain.Label() != "neutral" || c.Plain == (Odds{}) {
		return c, timbre.Errorf(timbre.Invalid, op, "plain reading at %+v is not neutral", c.Plain)
	}
	return c, nil
}

// apply returns the tone of speech by an unknown voice that the model has scored t.
func (c Calibration) apply(t timbre.Tone) timbre.Tone { return oddsOf(t).plus(-1, c.Shift).tone() }
