package feed

import (
	"encoding/json"
	"testing"

	"timbre"
)

func TestNumbersAsPlatformsWriteThem(t *testing.T) {
	for text, want := range map[string]number{
		`7`: 7, `"7"`: 7, `-3`: -3, `1730000000000`: 1730000000000, `"1730000000000"`: 1730000000000, `20.5`: 20, `"20.5"`: 20, `1e3`: 1000, `null`: 0,
	} {
		var got number
		if err := json.Unmarshal([]byte(text), &got); err != nil || got != want {
			t.Errorf("%s: got %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{`""`, `"soon"`, `"NaN"`, `"Inf"`, `1e999`, `1e300`, `{}`, `true`} {
		var got number
		if err := json.Unmarshal([]byte(text), &got); err == nil {
			t.Errorf("%s: got %d, want an error", text, got)
		}
	}
}

func TestRateMayStandInTheEncoding(t *testing.T) {
	for _, c := range []struct {
		encoding string
		rate     number
		want     timbre.Codec
	}{
		{"audio/x-l16;rate=16000", 0, timbre.WideL16},
		{"audio/x-mulaw;rate=8000", 8000, timbre.PCMU},
		{"audio/L16; rate=8000", 16000, timbre.WideL16},
		{"audio/x-l16", 0, 0},
		{"audio/x-l16;rate=none", 0, 0},
		{"PCMU", 8000, timbre.PCMU},
	} {
		if got, _ := monoCodec(c.encoding, c.rate, 1); got != c.want {
			t.Errorf("%s, %d: got %d, want %d", c.encoding, c.rate, got, c.want)
		}
	}
	if got, err := monoCodec("PCMU", 8000, 2); err == nil {
		t.Errorf("got %d for two channels, want an error", got)
	}
}
