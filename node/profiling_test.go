package node

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestProfilesAreForTheOperatorAlone(t *testing.T) {
	withTestNode(t, func(in *testNode) {
		token, err := OperatorToken(in.settings)
		in.must(err)
		for name, c := range map[string]struct {
			path, authorization string
			want                int
		}{
			"heap":          {"heap", "Bearer " + token, http.StatusOK},
			"index":         {"", "Bearer " + token, http.StatusOK},
			"unknown":       {"nothing", "Bearer " + token, http.StatusNotFound},
			"no token":      {"heap", "", http.StatusUnauthorized},
			"bare token":    {"heap", token, http.StatusUnauthorized},
			"a wrong token": {"profile", "Bearer x", http.StatusUnauthorized},
			"empty bearer":  {"cmdline", "Bearer ", http.StatusUnauthorized},
		} {
			t.Run(name, func(t *testing.T) {
				r := httptest.NewRequestWithContext(in.t.Context(), http.MethodGet, "http://127.0.0.1/debug/pprof/"+c.path, nil)
				if c.authorization != "" {
					r.Header.Set("Authorization", c.authorization)
				}
				w := httptest.NewRecorder()
				in.admin().ServeHTTP(w, r)
				if w.Code != c.want {
					t.Errorf("got %d, want %d: %s", w.Code, c.want, w.Body)
				}
			})
		}
	})
}
