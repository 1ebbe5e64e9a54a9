package card

import (
	"regexp"
	"slices"
	"strings"

	"timbre"
)

var (
	plain  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$`) // names, versions and files: no separators, so no way out of a folder
	digest = regexp.MustCompile(`^[0-9a-f]{64}$`)
	tensor = regexp.MustCompile(`^[!-~]{1,128}$`)
)

// maxDimension is the greatest number of values of an output.
const maxDimension = 4096

// segment is the length of the stretches of audio by which voices are told apart, in seconds. A speaker model that takes no so short
// ones could neither search nor enrol.
const segment = 2

// Check demands what the types and the section input do not. Parse has called it.
func (c Card) Check() error {
	switch {
	case !slices.Contains(Kinds, c.Kind):
		return invalid("kind is %q, not speaker, tone, vad or spoof", c.Kind)
	case !plain.MatchString(c.Name):
		return invalid("name is %q, not 1 to 64 letters, digits and . _ + -", c.Name)
	case !plain.MatchString(c.Version):
		return invalid("version is %q, not 1 to 64 letters, digits and . _ + -", c.Version)
	case !plain.MatchString(c.File) || !strings.HasSuffix(c.File, ".onnx"):
		return invalid("file is %q, not the name of an .onnx file in the folder of the card", c.File)
	case !digest.MatchString(c.Sum):
		return invalid("sha256 is not 64 hexadecimal digits")
	case c.Licence == "":
		return invalid("licence is missing: an identifier such as Apache-2.0, or the name of the licence")
	case c.Source == "":
		return invalid("source is missing: where the model comes from")
	case c.Calibration != "" && (!plain.MatchString(c.Calibration) || !strings.HasSuffix(c.Calibration, ".json")):
		return invalid("calibration is %q, not the name of a .json file in the folder of the card", c.Calibration)
	case c.Kind == Speaker && c.Input.Min > segment*c.Input.Rate:
		return invalid("input.min_samples is %d, more than %d seconds: voices on one line are told apart by stretches of that length", c.Input.Min, segment)
	}
	return c.checkOutput()
}

// checkOutput demands the inputs and outputs of the kind.
func (c Card) checkOutput() error {
	fixed := map[Kind]int{Tone: 3, VAD: 1, Spoof: 1}[c.Kind]
	switch {
	case c.Input.Frames != (timbre.Frames{}) && c.Kind != Tone:
		return invalid("input.frame_samples belongs to tone models")
	case fixed > 0 && c.Dimension != fixed:
		return invalid("dimension is %d, and a %s model gives %d", c.Dimension, c.Kind, fixed)
	case c.Dimension < 1 || c.Dimension > maxDimension:
		return invalid("dimension is %d, not 1 to %d", c.Dimension, maxDimension)
	case c.Calibration != "" && c.Kind != Speaker && c.Kind != Tone:
		return invalid("calibration belongs to speaker and tone models")
	case (c.Kind == Spoof) != (c.Threshold > 0 && c.Threshold < 1):
		return invalid("threshold is the score, above 0 and below 1, from which on a spoof model warns; other kinds have none")
	}
	return c.checkTensors()
}

// checkTensors demands as many inputs and outputs as the kind has.
func (c Card) checkTensors() error {
	ins, outs := 1, 1
	switch {
	case c.Kind == VAD && len(c.Inputs) == 3: // the published form of Silero's, which has the sample rate, too
		ins, outs = 3, 2
	case c.Kind == VAD, c.Input.Frames != (timbre.Frames{}):
		ins, outs = 2, 2
	}
	switch {
	case len(c.Inputs) != ins || len(c.Outputs) != outs:
		return invalid("a %s model has %d inputs and %d outputs, and the card names %d and %d", c.Kind, ins, outs, len(c.Inputs), len(c.Outputs))
	case slices.ContainsFunc(slices.Concat(c.Inputs, c.Outputs), func(n string) bool { return !tensor.MatchString(n) }):
		return invalid("the names of inputs and outputs are 1 to 128 printable characters without spaces")
	}
	return nil
}
