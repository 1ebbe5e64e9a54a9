package store

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"time"

	"timbre"
)

func TestVoiceprintRoundTrip(t *testing.T) {
	for name, v := range map[string]timbre.Voiceprint{
		"full":     {Embedding: timbre.Embedding{0.5, -0.25, 1e-30, 0}, Net: 20*time.Second + 1, Model: "wespeaker-1"},
		"no model": {Embedding: timbre.Embedding{1}, Net: time.Hour},
		"empty":    {Embedding: timbre.Embedding{}},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := encodeVoiceprint(v)
			if err != nil {
				t.Fatal(err)
			}
			if want := 11 + len(v.Model) + 4*len(v.Embedding); len(b) != want {
				t.Errorf("got %d bytes, want %d", len(b), want)
			}
			if got, err := decodeVoiceprint(b); err != nil || !reflect.DeepEqual(got, v) {
				t.Errorf("got %+v and error %v, want %+v", got, err, v)
			}
		})
	}
}

func TestEncodeVoiceprintRefusesLongModelName(t *testing.T) {
	if _, err := encodeVoiceprint(timbre.Voiceprint{Model: strings.Repeat("m", 1<<16)}); err == nil {
		t.Error("got no error, want one")
	}
}

func FuzzDecodeVoiceprint(f *testing.F) {
	good, _ := encodeVoiceprint(timbre.Voiceprint{Embedding: timbre.Embedding{0.5, -1}, Net: 20 * time.Second, Model: "m"})
	f.Add(good)
	f.Add(good[:len(good)-1])
	f.Add(good[:11])
	f.Add([]byte{2})
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := decodeVoiceprint(b)
		if err != nil {
			return
		}
		if again, err := encodeVoiceprint(v); err != nil || !bytes.Equal(again, b) {
			t.Errorf("got %x and error %v, want %x", again, err, b)
		}
	})
}
