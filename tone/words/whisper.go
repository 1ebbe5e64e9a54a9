package words

import (
	"context"
	"strconv"
	"strings"

	"timbre"
)

// Network is a loaded network of a Whisper model. infer.Model implements it.
type Network interface {
	// Metadata returns the notes of the network's file.
	Metadata() (map[string]string, error)
	// Encode runs an encoder on a spectrogram, band by band: keys and values of each layer of the decoder come out.
	Encode(ctx context.Context, spectrogram []float32, bands int) ([][]float32, error)
	// Decode runs a decoder on tokens at a position, with its own keys and values and those of the audio: logits of each token come
	// out, and the decoder's next keys and values.
	Decode(ctx context.Context, layers, width int, tokens []int64, position int, memory [4][]float32) ([][]float32, error)
}

// The inputs and outputs of the networks, in the order in which Encode and Decode take and return them.
var (
	EncoderInputs  = []string{"mel"}
	EncoderOutputs = []string{"n_layer_cross_k", "n_layer_cross_v"}
	DecoderInputs  = []string{"tokens", "in_n_layer_self_k_cache", "in_n_layer_self_v_cache", "n_layer_cross_k", "n_layer_cross_v", "offset"}
	DecoderOutputs = []string{"logits", "out_n_layer_self_k_cache", "out_n_layer_self_v_cache"}
)

// Whisper writes down English speech with a Whisper model in the form that sherpa-onnx publishes. It is safe for concurrent use.
type Whisper struct {
	encoder, decoder Network
	vocabulary       vocabulary
	form             form
}

// form is what the decoder's file states of it.
type form struct {
	layers, width, length int // of its keys and values
	start, end, plain     int // tokens: start and end of a text, and no times of its words
	blank, silence        int // tokens: a space, and no speech
	never                 map[int]bool
}

// NewWhisper makes a Whisper of its networks and its tokens.txt. Invalid: they are no English Whisper model.
func NewWhisper(encoder, decoder Network, tokens []byte) (*Whisper, error) {
	notes, err := decoder.Metadata()
	if err != nil {
		return nil, err
	}
	f, err := parseForm(notes)
	if err != nil {
		return nil, err
	}
	v, err := parseTokens(tokens)
	if err != nil {
		return nil, err
	}
	return &Whisper{encoder, decoder, v, f}, nil
}

func parseForm(notes map[string]string) (f form, err error) {
	const op = "words.NewWhisper"
	for name, to := range map[string]*int{
		"n_text_layer": &f.layers, "n_text_state": &f.width, "n_text_ctx": &f.length, "sot": &f.start, "eot": &f.end, "no_timestamps": &f.plain,
		"blank_id": &f.blank, "no_speech": &f.silence,
	} {
		if *to, err = strconv.Atoi(notes[name]); err != nil || *to < 0 || *to > 1<<20 {
			return f, timbre.Errorf(timbre.Invalid, op, "the decoder is not that of a Whisper model: its %s is %q", name, notes[name])
		}
	}
	if size := f.layers * f.width * f.length; size == 0 || size > 1<<26 {
		return f, timbre.Errorf(timbre.Invalid, op, "the decoder's memory is %d layers of %d by %d", f.layers, f.width, f.length)
	}
	if notes["n_mels"] != strconv.Itoa(bands) || notes["is_multilingual"] != "0" {
		return f, timbre.Errorf(timbre.Invalid, op, "want an English Whisper model of %d bands, such as tiny.en or base.en", bands)
	}
	f.never = map[int]bool{}
	for n := range strings.SplitSeq(notes["non_speech_tokens"], ",") {
		if t, err := strconv.Atoi(n); err == nil {
			f.never[t] = true
		}
	}
	return f, nil
}

// Audio is padded with half a second of silence, as the model expects an end, and cut to the first 28 s.
const (
	padding = timbre.SampleRate / 2
	longest = 28 * timbre.SampleRate
)

// Transcribe returns the words of audio at 8 kHz.
func (w *Whisper) Transcribe(ctx context.Context, pcm []float32) (string, error) {
	pcm = pcm[:min(len(pcm), longest)]
	audio, err := w.encoder.Encode(ctx, spectrogram(append(pcm[:len(pcm):len(pcm)], make([]float32, padding)...)), bands)
	if err != nil {
		return "", err
	}
	if len(audio) != 2 {
		return "", timbre.Errorf(timbre.Internal, "words.Transcribe", "got %d outputs of the encoder, want 2", len(audio))
	}
	const tokensPerSecond = 6
	tokens, err := w.decode(ctx, audio, 4+tokensPerSecond*len(pcm)/timbre.SampleRate)
	return w.vocabulary.text(tokens), err
}
