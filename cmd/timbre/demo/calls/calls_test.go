package calls

import (
	"math"
	"testing"

	"timbre"
)

func TestEveryLegIsAsLongAsTheManifestSays(t *testing.T) {
	all, err := All()
	if err != nil || len(all) != 14 {
		t.Fatalf("%d calls, %v", len(all), err)
	}
	for _, c := range all {
		for leg, f := range c.Files {
			audio, err := c.Leg(leg)
			if got := timbre.Duration(len(audio)).Seconds(); err != nil || math.Abs(got-f.Length) > 0.01 {
				t.Errorf("%s %s: %.2f s, want %.2f: %v", c.ID, leg, got, f.Length, err)
			}
			for _, turn := range c.Turns {
				if turn.End > f.Length || turn.Start >= turn.End || turn.Text == "" {
					t.Errorf("%s: %+v", c.ID, turn)
				}
			}
		}
	}
}

func TestWhatIsNotThereIsNotFound(t *testing.T) {
	if _, err := Find("s9_enrol"); timbre.KindOf(err) != timbre.NotFound {
		t.Error(err)
	}
	c, err := Find("mixed_s5")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Leg("caller"); timbre.KindOf(err) != timbre.NotFound {
		t.Error(err)
	}
}
