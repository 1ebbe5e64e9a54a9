package timbre

import (
	"strings"
	"testing"
	"time"
)

const aStream = "arn:aws:kinesisvideo:us-east-1:111122223333:stream/ChimeVoiceConnector-abcdef1ghij2klmno3pqr4-0/1700000000123"

func TestFragmentNumbersGrowWithMediaTime(t *testing.T) {
	before := ""
	for at := time.Duration(0); at < 30*time.Second; at += FrameDuration {
		n := Fragment(aStream, at)
		if n < before || len(n) != 20 || strings.Trim(n, "0123456789") != "" {
			t.Fatalf("%s at %v, after %s", n, at, before)
		}
		if (n == before) != (at%FragmentLength != 0) {
			t.Errorf("%s at %v, after %s", n, at, before)
		}
		before = n
	}
	for arn, want := range map[string]string{aStream: "17000000001230000029", "no number": "00000000000000000029", "x/-5": "00000000000000000029"} {
		if got := Fragment(arn, 29*time.Second); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if got := Fragment(aStream, -time.Hour); got != "17000000001230000000" {
		t.Errorf("before its beginning: %s", got)
	}
}

func TestFragmentsThatAStreamHasNotAreRefused(t *testing.T) {
	const reached = 12 * time.Second
	for number, well := range map[string]bool{
		"17000000001230000000":  true,
		"17000000001230000012":  true,
		"17000000001230000013":  false, // yet to come
		"17000000001239999999":  false,
		"17000000001240000000":  false, // of a younger stream
		"0":                     false,
		"":                      false,
		"1700000000123":         false,
		"170000000012300000012": false,
		"1700000000123+000001":  false,
		"91343852333181432392682062622220590765191907586": false,
	} {
		err := CheckFragment(aStream, number, reached)
		if well != (err == nil) || err != nil && KindOf(err) != Invalid {
			t.Errorf("%s: %v", number, err)
		}
	}
}
