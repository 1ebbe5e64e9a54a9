package timbre

import (
	"strings"
	"testing"
	"time"
)

const aStream = "arn:aws:kinesisvideo:us-east-1:111122223333:stream/ChimeVoiceConnector-abcdef1ghij2klmno3pqr4-0/1700000000123"

func TestFragmentNumbersIncreaseWithMediaTime(t *testing.T) {
	before := ""
	for at := time.Duration(0); at < 30*time.Second; at += FrameDuration {
		n := Fragment(aStream, at)
		if len(n) != 20 || strings.Trim(n, "0123456789") != "" {
			t.Fatalf("at %v: got %q, want 20 digits", at, n)
		}
		if next := at%FragmentLength == 0; next != (n > before) || n < before {
			t.Errorf("at %v: got %s after %s, want a new number every %v", at, n, before, FragmentLength)
		}
		before = n
	}
	for arn, want := range map[string]string{aStream: "17000000001230000029", "no number": "00000000000000000029", "x/-5": "00000000000000000029"} {
		if got := Fragment(arn, 29*time.Second); got != want {
			t.Errorf("%s: got %s, want %s", arn, got, want)
		}
	}
	if got, want := Fragment(aStream, -time.Hour), "17000000001230000000"; got != want {
		t.Errorf("before the beginning: got %s, want %s", got, want)
	}
}

func TestCheckFragmentRefusesWhatTheStreamDoesNotHave(t *testing.T) {
	const newest = 12 * time.Second
	for number, valid := range map[string]bool{
		"17000000001230000000":  true,
		"17000000001230000012":  true,
		"17000000001230000013":  false, // in the future
		"17000000001239999999":  false,
		"17000000001240000000":  false, // of another stream
		"0":                     false,
		"":                      false,
		"1700000000123":         false,
		"170000000012300000012": false,
		"1700000000123+000001":  false,
		"91343852333181432392682062622220590765191907586": false,
	} {
		t.Run(number, func(t *testing.T) {
			err := CheckFragment(aStream, number, newest)
			switch {
			case valid && err != nil:
				t.Errorf("got error %v, want none", err)
			case !valid && (err == nil || KindOf(err) != Invalid):
				t.Errorf("got error %v, want Invalid", err)
			}
		})
	}
}
