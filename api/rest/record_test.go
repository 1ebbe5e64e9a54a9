package rest

import (
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"timbre/environment"
)

func TestReadsAndRefusalsAreCountedInTheLogAndChangesAreNot(t *testing.T) {
	var text strings.Builder
	voice := &Service{Name: "chime"}
	m := New(environment.Environment{Log: slog.New(slog.NewTextHandler(&text, nil))}, Config{}, Deps{}, voice)
	get := &route{service: voice, op: &Operation{Name: "GetVoiceConnector", Method: http.MethodGet}}
	put := &route{service: voice, op: &Operation{Name: "UpdateVoiceConnector", Method: http.MethodPut}}
	for i := range 100 {
		m.record(t.Context(), &exchange{route: get, keyID: "A"})
		m.record(t.Context(), &exchange{route: get, keyID: "B"})
		m.record(t.Context(), &exchange{keyID: string(rune('a' + i)), fault: &Fault{Type: "ForbiddenException", Status: http.StatusForbidden}})
		if i < 3 {
			m.record(t.Context(), &exchange{route: put, keyID: "A"})
		}
	}
	for part, want := range map[string]int{"GetVoiceConnector": 2, "ForbiddenException": 1, "UpdateVoiceConnector": 3} {
		if got := strings.Count(text.String(), part); got != want {
			t.Errorf("%s: got %d lines, want %d", part, got, want)
		}
	}
}
