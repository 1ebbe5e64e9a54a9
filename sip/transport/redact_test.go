package transport

import "testing"

func TestRedactRemovesNumbers(t *testing.T) {
	for text, want := range map[string]string{
		`field: From: <sip:+12065550100@10.0.0.1>;tag=1`: `field: From: <…@10.0.0.1>;tag=1`,
		`TEL:+1-206-555-0100;x=y`:                        `…;x=y`,
		`sips:alice@example.com`:                         `…@example.com`,
		`%2B12065550100 or 12065550100`:                  `… or …`,
		`CSeq 17 is not the next one`:                    `CSeq 17 is not the next one`,
		`m-line 1: the metadata names no sender`:         `m-line 1: the metadata names no sender`,
	} {
		if got := Redact(text); got != want {
			t.Errorf("got %q of %q, want %q", got, text, want)
		}
	}
}
