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
		"condition": {
			Embedding: timbre.Embedding{1, 2}, Net: time.Second, Model: "m",
			Condition: timbre.Condition{Level: -23.5, SNR: 17, Clipped: 0.001},
		},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := encodeVoiceprint(v)
			if err != nil {
				t.Fatal(err)
			}
			want := 11 + len(v.Model) + 4*len(v.Embedding)
			if v.Condition != (timbre.Condition{}) {
				want += 12
			}
			if len(b) != want {
				t.Errorf("got %d bytes, want %d", len(b), want)
			}
			if got, err := decodeVoiceprint(b); err != nil || !reflect.DeepEqual(got, v) {
				t.Errorf("got %+v and error %v, want %+v", got, err, v)
			}
		})
	}
}

// Rows of versions without a condition stay readable.
func TestVoiceprintOfVersion1HasAnUnknownCondition(t *testing.T) {
	b := []byte{1, 0, 0xca, 0x9a, 0x3b, 0, 0, 0, 0, 1, 0, 'm', 0, 0, 0, 0x3f}
	want := timbre.Voiceprint{Embedding: timbre.Embedding{0.5}, Net: time.Second, Model: "m"}
	if got, err := decodeVoiceprint(b); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v and error %v, want %+v", got, err, want)
	}
}

func TestEncodeVoiceprintRefusesLongModelName(t *testing.T) {
	if _, err := encodeVoiceprint(timbre.Voiceprint{Model: strings.Repeat("m", 1<<16)}); err == nil {
		t.Error("got no error, want one")
	}
}

func FuzzDecodeVoiceprint(f *testing.F) {
	good, _ := encodeVoiceprint(timbre.Voiceprint{Embedding: timbre.Embedding{0.5, -1}, Net: 20 * time.Second, Model: "m"})
	measured, _ := encodeVoiceprint(timbre.Voiceprint{Embedding: timbre.Embedding{1}, Model: "m", Condition: timbre.Condition{SNR: 20}})
	f.Add(good)
	f.Add(good[:len(good)-1])
	f.Add(good[:11])
	f.Add(measured)
	f.Add(measured[:20])
	f.Add([]byte{3})
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := decodeVoiceprint(b)
		if err != nil {
			return
		}
		again, err := encodeVoiceprint(v)
		if unknown := v.Condition == (timbre.Condition{}); err != nil || (!unknown || b[0] != 2) && !bytes.Equal(again, b) {
			t.Errorf("got %x and error %v, want %x", again, err, b)
		}
	})
}
