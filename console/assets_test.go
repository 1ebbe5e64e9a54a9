package console

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestPageIsServedUnderAStrictPolicy(t *testing.T) {
	page, err := Page()
	if err != nil {
		t.Fatal(err)
	}
	get := func(path string, headers ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		w := httptest.NewRecorder()
		page.ServeHTTP(w, r)
		return w
	}
	w := get("/")
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "<html") || w.Header().Get("Content-Type") != "text/html; charset=utf-8" {
		t.Fatalf("got status %d, %q", w.Code, w.Header())
	}
	for name, want := range map[string]string{
		"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer",
		"Cross-Origin-Opener-Policy": "same-origin", "Cache-Control": "no-cache",
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") {
		t.Errorf("got policy %q, want it without exceptions", policy)
	}
	if w := get("/", "If-None-Match", w.Header().Get("ETag")); w.Code != http.StatusNotModified || w.Body.Len() > 0 {
		t.Errorf("got status %d for what is known, want 304", w.Code)
	}
	if w := get("/", "Accept-Encoding", "gzip, br"); w.Header().Get("Content-Encoding") != "gzip" || w.Body.Len() == 0 {
		t.Errorf("got encoding %q, want gzip", w.Header().Get("Content-Encoding"))
	}
	for _, path := range []string{"/assets/none.js", "/assets/../console.go", "/assets/", "/more"} {
		if w := get(path); w.Code == http.StatusOK {
			t.Errorf("%s: got status 200, want it refused", path)
		}
	}
}
