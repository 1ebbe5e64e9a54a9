package words

import (
	"context"
	"maps"
	"strings"
	"testing"

	"timbre"
)

// script is a network that gives the next token of a text at each step.
type script struct {
	tokens []int64
	notes  map[string]string
	steps  int
	silent bool
}

var notes = map[string]string{
	"n_text_layer": "1", "n_text_state": "2", "n_text_ctx": "40", "sot": "11", "eot": "10", "no_timestamps": "13", "blank_id": "0", "no_speech": "12",
	"n_mels": "80", "is_multilingual": "0", "non_speech_tokens": "9",
}

const tokens = "IA== 0\nIGJhZA== 1\nIGdvb2Q= 2\nIHNvcnJ5 3\n" // a space, " bad", " good", " sorry"

func (s *script) Metadata() (map[string]string, error) { return s.notes, nil }

func (s *script) Encode(context.Context, []float32, int) ([][]float32, error) {
	return [][]float32{{1, 2}, {3, 4}}, nil
}

func (s *script) Decode(_ context.Context, _, _ int, in []int64, _ int, _ [4][]float32) ([][]float32, error) {
	const vocabulary = 14
	logits := make([]float32, vocabulary*len(in))
	if s.silent {
		logits[12] = 20
	}
	last := logits[len(logits)-vocabulary:]
	for i := range last {
		last[i] += float32(-i) // the lower of two that are not meant
	}
	last[9] = 50 // never a text
	if s.steps < len(s.tokens) {
		last[s.tokens[s.steps]] = 40
	} else {
		last[10] = 40
	}
	s.steps++
	return [][]float32{logits, make([]float32, 80), make([]float32, 80)}, nil
}

func transcribe(t *testing.T, s *script, seconds int) string {
	t.Helper()
	s.notes = notes
	w, err := NewWhisper(s, s, []byte(tokens))
	if err != nil {
		t.Fatal(err)
	}
	text, err := w.Transcribe(t.Context(), make([]float32, seconds*timbre.SampleRate))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestTextEndsWithItsEnd(t *testing.T) {
	if got := transcribe(t, &script{tokens: []int64{1, 2}}, 5); got != " bad good" {
		t.Errorf("got %q, want bad good", got)
	}
}

func TestTextDoesNotBeginWithItsEnd(t *testing.T) {
	if got := transcribe(t, &script{tokens: []int64{10, 2}}, 5); !strings.HasSuffix(got, " good") || got == " good" {
		t.Errorf("got %q, want a word before good", got)
	}
}

func TestNoSpeechHasNoWords(t *testing.T) {
	if got := transcribe(t, &script{tokens: []int64{1, 2}, silent: true}, 5); got != "" {
		t.Errorf("got %q, want none", got)
	}
}

func TestRepeatedPhraseIsCut(t *testing.T) {
	if got := transcribe(t, &script{tokens: []int64{3, 1, 2, 1, 2, 1, 2, 1, 2}}, 5); got != " sorry bad good" {
		t.Errorf("got %q, want each phrase once", got)
	}
}

func TestTextIsAsLongAsAudioAllows(t *testing.T) {
	long := make([]int64, 100)
	for i := range long {
		long[i] = []int64{1, 2, 3, 1, 3, 2, 2}[i*i%7]
	}
	if got := len(strings.Fields(transcribe(t, &script{tokens: long}, 1))); got > 10 {
		t.Errorf("got %d words in a second, want at most 10", got)
	}
}

func TestOtherModelsAreRefused(t *testing.T) {
	for name, value := range map[string]string{
		"n_text_layer": "", "n_text_state": "-1", "n_text_ctx": "1000000000000", "n_mels": "128", "is_multilingual": "1", "eot": "x", "n_text_ctx ": "0",
	} {
		t.Run(name, func(t *testing.T) {
			other := maps.Clone(notes)
			other[strings.TrimSpace(name)] = value
			if _, err := NewWhisper(&script{notes: other}, &script{notes: other}, []byte(tokens)); timbre.KindOf(err) != timbre.Invalid || err == nil {
				t.Errorf("got %v, want Invalid", err)
			}
		})
	}
}

func TestMalformedTokensAreRefused(t *testing.T) {
	for name, document := range map[string]string{"no number": "IA==\n", "beyond": "IA== 7\n", "negative": "IA== -1\n", "no base64": "?? 0\n", "three": "IA== 0 1\n"} {
		t.Run(name, func(t *testing.T) {
			if got, err := parseTokens([]byte(document)); timbre.KindOf(err) != timbre.Invalid || err == nil {
				t.Errorf("got %q, %v, want Invalid", got, err)
			}
		})
	}
}

func FuzzTokens(f *testing.F) {
	f.Add([]byte(tokens))
	f.Fuzz(func(_ *testing.T, document []byte) {
		if v, err := parseTokens(document); err == nil {
			v.text([]int64{0, 5, 1 << 40})
		}
	})
}

// said is a Transcriber of a text.
type said string

func (s said) Transcribe(context.Context, []float32) (string, error) { return string(s), nil }

func TestWordsAreJudged(t *testing.T) {
	for text, want := range map[string]int{
		"thank you, that is wonderful": 1, "this is terrible, I am very angry": -1, "my number is twelve": 0, "this is not good": -1, "": 0,
	} {
		t.Run(text, func(t *testing.T) {
			got, n, err := New(said(text)).Judge(t.Context(), nil)
			if err != nil || n != len(strings.Fields(text)) || (got > 0.2) != (want > 0) || (got < -0.2) != (want < 0) {
				t.Errorf("got %v of %d words, %v, want the sign %d", got, n, err, want)
			}
		})
	}
}
