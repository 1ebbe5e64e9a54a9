// Package catalogue names speaker models of other houses that Timbre can use: where they come from, under which licence, and how to
// run them. It contains no weights; Fetch downloads them at the operator's request.
package catalogue

import (
	"time"

	"timbre"
	"timbre/models/card"
)

// Entry is one model. Its card lacks the checksum, if none is pinned, and the names of inputs and outputs, which the file has.
type Entry struct {
	Card card.Card
	What string // in a few words
	Page string // of the authors
	URL  string // of the ONNX file; empty: the authors publish none that can be used as it is, see How
	How  string // how to get an ONNX file
}

// All lists the models.
func All() []Entry {
	list := []Entry{wespeaker, titanet, plus}
	for _, size := range []string{"b0", "b1", "b2", "b3", "b4", "b5", "b6"} {
		list = append(list, redimnet2(size))
	}
	return list
}

// Find returns the entry of a name. NotFound names the nearest.
func Find(name string) (Entry, error) {
	var names []string
	for _, e := range All() {
		if e.Card.Name == name {
			return e, nil
		}
		names = append(names, e.Card.Name)
	}
	return Entry{}, timbre.Errorf(timbre.NotFound, "", "%s is neither a folder nor in the catalogue; the nearest there is %s", name, timbre.Nearest(name, names))
}

// wave is the input of a network that takes samples at 16 kHz, from a second to half a minute.
var wave = timbre.AudioInput{Rate: 16000, Min: 16000, Max: 480000}

const export = "export the authors' weights to ONNX with the waveform at 16 kHz as the input, [1, n], and add the file with --file"

var wespeaker = Entry{
	Card: card.Card{
		Kind: card.Speaker, Name: "wespeaker-resnet34", Version: "LM", File: "wespeaker_en_voxceleb_resnet34_LM.onnx", Licence: "CC-BY-4.0",
		Sum: "e9848563da86f263117134dfd7ad63c92355b37de492b55e325400c9d9c39012", Dimension: 256,
		Input: timbre.AudioInput{Rate: 16000, Min: 16000, Max: 480000, Int16: true, Filterbank: &timbre.Filterbank{
			Mels: 80, Frame: 25 * time.Millisecond, Shift: 10 * time.Millisecond, Window: "hamming", Preemphasis: 0.97,
			Low: 20, High: 8000, Floor: 1.1920929e-07, Mean: true,
		}},
	},
	What: "WeSpeaker ResNet34, VoxCeleb, large margin", Page: "https://github.com/wenet-e2e/wespeaker",
	URL: "https://github.com/k2-fsa/sherpa-onnx/releases/download/speaker-recongition-models/wespeaker_en_voxceleb_resnet34_LM.onnx",
}

var titanet = Entry{
	Card: card.Card{Kind: card.Speaker, Name: "titanet-large", Version: "1", File: "titanet_large.onnx", Licence: "CC-BY-4.0", Dimension: 192, Input: wave},
	What: "NVIDIA NeMo TitaNet, large", Page: "https://huggingface.co/nvidia/speakerverification_en_titanet_large", How: export,
}

var plus = Entry{
	Card: card.Card{Kind: card.Speaker, Name: "redimnet2-plus", Version: "1", File: "redimnet2_plus.onnx", Licence: "Apache-2.0", Dimension: 192, Input: wave},
	What: "ReDimNet2+, trained for codecs and channels", Page: "https://huggingface.co/lab260/redimnet2-plus", How: export,
}

// redimnet2 is one size of ReDimNet2. Of b3 there is an ONNX file with the waveform as its input.
func redimnet2(size string) Entry {
	e := Entry{
		Card: card.Card{
			Kind: card.Speaker, Name: "redimnet2-" + size, Version: "vox2-lm", File: "redimnet2_" + size + "_vox2_lm.onnx", Licence: "MIT",
			Dimension: 192, Input: wave,
		},
		What: "ReDimNet2 " + size + ", VoxCeleb2, large margin", Page: "https://github.com/PalabraAI/redimnet2", How: export,
	}
	if size == "b3" {
		e.Card.Sum = "579e9a575d65be0280cb8c7ec7b95fde219788aee616ae150937957ac87d731c"
		e.URL, e.How = "https://huggingface.co/volantis-labs/redimnet2/resolve/main/redimnet2_b3_vox2_lm.onnx", ""
	}
	return e
}
