package store

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"timbre"
)

// several are profiles as a block has them, with voiceprints of several sizes and models.
func several() []timbre.Profile {
	at := time.Date(2029, time.November, 24, 9, 30, 0, 1000, time.UTC)
	return []timbre.Profile{
		{ID: "a", Expires: at, Voiceprint: timbre.Voiceprint{Embedding: timbre.Embedding{0.5, -0.25, 3}, Net: time.Second, Model: "m"}},
		{ID: "", Expires: at.Add(1), Voiceprint: timbre.Voiceprint{Embedding: timbre.Embedding{1}, Model: "other", Condition: timbre.Condition{SNR: 20}}},
		{ID: "c", Expires: at, Voiceprint: timbre.Voiceprint{Embedding: timbre.Embedding{7, 8, 9, 10}, Model: "m"}},
	}
}

// decoded are the profiles of a block.
func decoded(b []byte) (list []timbre.Profile, err error) {
	err = DecodeBlock(b, func(p timbre.Profile) {
		p.Voiceprint.Embedding = slices.Clone(p.Voiceprint.Embedding)
		list = append(list, p)
	})
	return list, err
}

func TestBlockRoundTrip(t *testing.T) {
	for name, list := range map[string][]timbre.Profile{"several": several(), "none": nil} {
		t.Run(name, func(t *testing.T) {
			b, err := encodeBlock(list)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := decoded(b); err != nil || !reflect.DeepEqual(got, list) {
				t.Errorf("got %+v and error %v, want %+v", got, err, list)
			}
		})
	}
}

func TestTruncatedBlockIsRefused(t *testing.T) {
	b, err := encodeBlock(several()[:1])
	if err != nil {
		t.Fatal(err)
	}
	for n := range b {
		if _, err := decoded(b[:n]); err == nil && n != 1 { // 1: a block without profiles
			t.Errorf("%d of %d bytes: got no error, want one", n, len(b))
		}
	}
}

func TestBlockRefusesWhatItsNumbersCannotTell(t *testing.T) {
	for name, p := range map[string]timbre.Profile{
		"id":    {ID: strings.Repeat("i", 1<<16)},
		"model": {Voiceprint: timbre.Voiceprint{Model: strings.Repeat("m", 1<<16)}},
	} {
		if _, err := encodeBlock([]timbre.Profile{p}); err == nil {
			t.Errorf("long %s: got no error, want one", name)
		}
	}
}

func TestEmbeddingOfABlockIsOverwritten(t *testing.T) {
	b, err := encodeBlock(several())
	if err != nil {
		t.Fatal(err)
	}
	var kept timbre.Embedding
	if err := DecodeBlock(b, func(p timbre.Profile) { kept = p.Voiceprint.Embedding }); err != nil {
		t.Fatal(err)
	}
	if slices.ContainsFunc(kept, func(x float32) bool { return x != 0 }) {
		t.Errorf("got %v after the block, want zeros", kept)
	}
}

func FuzzDecodeBlock(f *testing.F) {
	good, _ := encodeBlock(several())
	f.Add(good)
	f.Add(good[:len(good)-1])
	f.Add([]byte{blockVersion})
	f.Add([]byte{blockVersion, 0xff, 0xff, 'a'})
	f.Fuzz(func(t *testing.T, b []byte) {
		list, err := decoded(b)
		if err != nil {
			return
		}
		again, err := encodeBlock(list)
		if err != nil {
			t.Fatal(err)
		}
		if same, err := decoded(again); err != nil || len(same) != len(list) { // values may be NaN
			t.Errorf("got %d profiles and error %v, want %d", len(same), err, len(list))
		}
	})
}
