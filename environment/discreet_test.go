package environment

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
)

func TestNumbersAreHidden(t *testing.T) {
	for text, want := range map[string]string{
		`field: From: <sip:+12065550100@10.0.0.1>;tag=1`: `field: From: <…@10.0.0.1>;tag=1`,
		`TEL:+1-206-555-0100;x=y`:                        `…;x=y`,
		`tel:+1 (415) 555-0100 is busy`:                  `… is busy`,
		`tel:+41 55 01 at most`:                          `… at most`,
		`sips:alice@example.com`:                         `…@example.com`,
		`sip:2065550100%40x@example.com`:                 `…@example.com`,
		`%2B12065550100 or 12065550100`:                  `… or …`,
		`called +1 (415) 555-0100`:                       `called …`,
		`415.555.0100`:                                   `…`,
		`1.415.555.0100`:                                 `…`,
		`+41 44 668 18 00`:                               `…`,
		`020 7946 0018/19`:                               `…`,
		"+1\u00a0415\u00a0555\u00a00100":                 `…`,
		`+1%20(415)%20555-0100`:                          `…`,
		`٠١٢٣٤٥٦٧٨٩`:                                     `…`,
		`call-14155550100-1795571803@pbx`:                `call-…@pbx`,
		`x4155550100y@10.0.0.1`:                          `x…y@10.0.0.1`,
		`415-555-0100.7@sbc`:                             `…@sbc`,
		`"(206) 555-0100"`:                               `"…"`,
		`33.61.23.45/67`:                                 `…`,
		`33.61.23.45/6 789`:                              `…`,
		`33.612.345.678`:                                 `…`,
		`06.12.34.56.78`:                                 `…`,
		`33.6.12.34.56.78 calls`:                         `… calls`,
		`4930-12-34 567890`:                              `…`,
		`2030-12-31 567890`:                              `…`,
		`12:34:56.4155550100`:                            `12:34:56.…`,
		`17955718030000001206555010000000@pbx`:           `…@pbx`,
		`1795571803000000120655501000000000000000`:       `…`,
		`12065550-1001-4155-5501-001206555010`:           `…`,
		"Identity: eyJhbGciOiJFUzI1NiJ9.eyJvcmlnIjp7InRuIjoiMTIwNiJ9fQ.c2lnbmVk;info=<https://cert.example/a>;ppt=shaken": "Identity: …;info=<https://cert.example/a>;ppt=shaken",
		`ewogImFsZyI6IDEgfQ==.eyJvcmlnIjp7fX0=.c2ln: refused`:                                                             `…: refused`,
		`ewogImFsZyIgfQ==.eyJvcmlnIjp7fX0=.c2ln`:                                                                          `…`,
		`token eyAiYWxnIiB9.eyAib3JpZyIge319.c2ln refused`:                                                                `token … refused`,
		`<sip:b@h?From=%3Csip%3Aalice%40h%3E>`:                                                                            `<…@h?From=…>`,
		`eyJhbGciOiJub25lIn0.eyJvcmlnIjp7fX0.`:                                                                            `…`,
	} {
		if got := Hide(text); got != want {
			t.Errorf("got %q of %q, want %q", got, text, want)
		}
	}
}

func TestWhatIsNoNumberStays(t *testing.T) {
	for _, text := range []string{
		`CSeq 17 is not the next one`, `m-line 1: the metadata names no sender`, `192.0.2.10:5060`, `[2001:db8::1]:5060`, `10.100.200.30`, `203.0.113.9/32`, `198.51.100.0/24 and 10.0.0.0/8`, `2001:db8:0:1::/64`, `10.0.0.1, 10.0.0.2`, `2026-11-29 20:31:00.123456`,
		`9f0a1234-4567-4890-8123-123456789012`, `vp-9f0a1234-4567-4890-8123-123456789012`, `2026-11-29T20:31:00.123456789Z`,
		`arn:aws:chime:us-east-1:000000000000:vc/ab12cd345678ef9gh0ij1k`, `d41d8cd98f00b204e9800998ecf8427e`, `a84b4c76e66710@pbx`,
		`ab1234567cdefghijklmno`, `got 404, want 200`, `no free port between 100 and 200`,
		`eyes.example.com:5060`, `the key.of.a`, `ewing.firmament.example:5061`,
	} {
		if got := Hide(text); got != text {
			t.Errorf("got %q, want %q", got, text)
		}
	}
}

func TestUUIDIsToldFromWhatResemblesOne(t *testing.T) {
	for text, want := range map[string]bool{
		"9f0a1234-4567-4890-8123-123456789012": true, "9F0A1234-4567-4890-8123-123456789012": true,
		"12065550-1001-4155-5501-001206555010": false, "9f0a1234-4567-4890-8123-12345678901": false, "9g0a1234-4567-4890-8123-123456789012": false,
		"9f0a1234+4567-4890-8123-123456789012": false, "9f0a1234-4567-4890-8123+123456789012": false, "9f0a1234-456-74890-8123-123456789012": false,
		"sip:206555010-4567-4890-8123-1234567": false,
	} {
		if got := isUUID(text); got != want {
			t.Errorf("%s: got %v, want %v", text, got, want)
		}
	}
}

func TestEveryAttributeIsHidden(t *testing.T) {
	var log bytes.Buffer
	env := Environment{Log: slog.New(slog.NewTextHandler(&log, nil))}.Complete().Complete()
	const number = "+1 (206) 555-0100"
	env.Log.With("with", number).WithGroup("group").Warn("message",
		slog.String("text", number), slog.Any("error", errors.New("no route to "+number)), slog.Any("list", []string{number}),
		slog.Group("inner", "deep", number), slog.String("call", "2065550100-1@pbx"), slog.String("rtp"+".ports", "20000-29999"), slog.Int("port", 20001))
	line := log.String()
	if strings.Contains(line, "555") || strings.Count(line, "…") != 6 {
		t.Errorf("got %s, want six numbers hidden", line)
	}
	if !strings.Contains(line, "rtp.ports=20000-29999") || !strings.Contains(line, "port=20001") {
		t.Errorf("got %s, want the setting and the port as they are", line)
	}
}

func FuzzHide(f *testing.F) {
	f.Add("Call-ID: 415.555.0100@x")
	f.Fuzz(func(t *testing.T, text string) {
		if once := Hide(text); Hide(once) != once {
			t.Errorf("got %q of %q, want nothing more to hide", Hide(once), once)
		}
	})
}

func BenchmarkHide(b *testing.B) {
	for b.Loop() {
		Hide("no route to sip:+12065550100@192.0.2.10:5060, call a84b4c76e66710@pbx")
	}
}
