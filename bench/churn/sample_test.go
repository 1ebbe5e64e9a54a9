package main

import "testing"

func TestWhatGrowsIsALeak(t *testing.T) {
	var steady []sample
	for _, s := range [][kinds]float64{{50, 30, 200}, {52, 31, 210}, {50, 30, 205}, {51, 30, 212}, {50, 31, 214}, {52, 30, 208}, {50, 30, 213}, {51, 31, 215}} {
		steady = append(steady, sample{of: s})
	}
	if err := judge(steady); err != nil {
		t.Errorf("got %v for what goes up and down, want nothing", err)
	}
	for k, what := range counted {
		grows := append([]sample{}, steady...)
		for i := range grows {
			grows[i].of[k] *= 1 + 0.03*float64(i)
		}
		if judge(grows) == nil {
			t.Errorf("%s: got no leak for growth of 3 %% a round, want one", what.name)
		}
	}
}
