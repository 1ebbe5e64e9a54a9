package infer_test

import (
	"math"
	"testing"

	"timbre"
	"timbre/infer"
	"timbre/models/card"
	"timbre/models/modelstest"
)

func tiny(t *testing.T, f modelstest.Form) timbre.ONNXModel {
	t.Helper()
	c, err := card.Parse([]byte(modelstest.Card("tiny", f)))
	if err != nil {
		t.Fatal(err)
	}
	return c.Model(f.ONNX)
}

func TestEachInputFormGivesTheSpectrumOfTheVoice(t *testing.T) {
	r, x := open(t, 1), buzz(4*timbre.SampleRate)
	for _, f := range modelstest.Forms() {
		t.Run(f.Name, func(t *testing.T) {
			m := load(t, r, tiny(t, f), infer.Long)
			v, err := m.Wave(t.Context(), x)
			if err != nil || len(v) != modelstest.Values {
				t.Fatalf("got %d values, %v, want %d", len(v), err, modelstest.Values)
			}
			length := 0.0
			for _, y := range v {
				length += float64(y) * float64(y)
			}
			if math.Abs(length-1) > 1e-4 || v[5] < v[modelstest.Values-1]+0.1 { // the harmonics of buzz end below 2.1 kHz
				t.Errorf("got squared length %v and spectrum %v, want 1 and a spectrum that falls", length, v)
			}
			if _, err := m.Wave(t.Context(), x[:80]); timbre.KindOf(err) != timbre.Unprocessable {
				t.Errorf("10 ms: got %v, want Unprocessable", err)
			}
		})
	}
}

func TestLongerAudioThanTheModelTakesIsCutToItsEnd(t *testing.T) {
	model := tiny(t, modelstest.Forms()[1])
	model.Input.Max = 2 * 16000
	m, x := load(t, open(t, 1), model, infer.Long), buzz(4*timbre.SampleRate)
	long, err1 := m.Wave(t.Context(), x)
	short, err2 := m.Wave(t.Context(), x[2*timbre.SampleRate:])
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	for i := range short {
		if long[i] != short[i] {
			t.Fatalf("got %v of 4 s, want %v, that of the last 2 s", long, short)
		}
	}
}

func TestLevelOfTheCardMakesTheResultIndependentOfGain(t *testing.T) {
	model := tiny(t, modelstest.Forms()[0])
	model.Input.Level = -26
	m, x := load(t, open(t, 1), model, infer.Long), buzz(timbre.SampleRate)
	want, err := m.Wave(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	for i := range x {
		x[i] *= 0.01
	}
	got, err := m.Wave(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	for i := range want {
		if math.Abs(float64(got[i]-want[i])) > 1e-5 {
			t.Fatalf("got %v at 40 dB less, want %v", got, want)
		}
	}
}

func TestOtherDimensionThanTheCardsIsAnError(t *testing.T) {
	model := tiny(t, modelstest.Forms()[0])
	model.Dimension = 192
	if _, err := load(t, open(t, 1), model, infer.Long).Wave(t.Context(), buzz(8000)); err == nil || timbre.KindOf(err) != timbre.Internal {
		t.Errorf("got %v, want Internal: the model gives 40 values, its card says 192", err)
	}
}

func TestNamesAreThoseOfTheFile(t *testing.T) {
	r := open(t, 1)
	in, out, err := r.Names(modelstest.Rows(false))
	if err != nil || len(in) != 1 || in[0] != "rows" || len(out) != 1 || out[0] != "embedding" {
		t.Errorf("got %v and %v, %v, want rows and embedding", in, out, err)
	}
	if _, _, err := r.Names([]byte("not a model")); timbre.KindOf(err) != timbre.Invalid {
		t.Errorf("got %v, want Invalid", err)
	}
}
