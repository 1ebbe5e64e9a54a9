package catalogue

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"timbre"
)

var content = bytes.Repeat([]byte("weights "), 40_000)

// host serves the content over HTTPS, with ranges, at /model.onnx.
func host(t *testing.T, requests *[]string) *httptest.Server {
	t.Helper()
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*requests = append(*requests, r.Header.Get("Range"))
		switch r.URL.Path {
		case "/model.onnx":
			http.ServeContent(w, r, "model.onnx", time.Unix(1, 0), bytes.NewReader(content))
		case "/plain":
			http.Redirect(w, r, "http://"+r.Host+"/model.onnx", http.StatusFound)
		case "/cut":
			w.Header().Set("Content-Length", "1000")
			_, _ = w.Write(content[:500])
		case "/whole":
			_, _ = w.Write(content)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func fetch(t *testing.T, s *httptest.Server, path, folder string, limit int64) (string, error) {
	t.Helper()
	client := s.Client()
	client.CheckRedirect = Client().CheckRedirect
	return Fetch(t.Context(), client, s.URL+path, folder, limit, func(int64, int64) {})
}

func TestDownloadGoesOnWhereItStopped(t *testing.T) {
	var requests []string
	s, folder := host(t, &requests), t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "model.onnx"), content[:1000], 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second finds all of it there
		path, err := fetch(t, s, "/model.onnx", folder, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := os.ReadFile(path); !bytes.Equal(got, content) {
			t.Errorf("got %d bytes, want the %d of the server", len(got), len(content))
		}
	}
	if requests[0] != "bytes=1000-" || len(requests) != 2 {
		t.Errorf("got requests for ranges %q, want the first for what was missing", requests)
	}
}

func TestDownloadStartsAgainIfTheServerHasNoRanges(t *testing.T) {
	var requests []string
	s, folder := host(t, &requests), t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "whole"), []byte("something else"), 0o600); err != nil {
		t.Fatal(err)
	}
	path, err := fetch(t, s, "/whole", folder, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(path); !bytes.Equal(got, content) {
		t.Errorf("got %d bytes, want the %d of the server", len(got), len(content))
	}
}

func TestDownloadIsRefused(t *testing.T) {
	var requests []string
	s := host(t, &requests)
	for _, c := range []struct {
		path, want string
		limit      int64
	}{
		{"/model.onnx", "larger than the limit of 1000 bytes", 1000},
		{"/whole", "larger than the limit of 1000 bytes", 1000},
		{"/plain", "redirects to http://", 1 << 20},
		{"/cut", "unexpected EOF", 1 << 20},
		{"/none", "404", 1 << 20},
	} {
		t.Run(c.path, func(t *testing.T) {
			_, err := fetch(t, s, c.path, t.TempDir(), c.limit)
			if timbre.KindOf(err) != timbre.Unavailable || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "--file") {
				t.Errorf("got %v, want Unavailable: %s, and how to go on", err, c.want)
			}
		})
	}
	_, err := Fetch(t.Context(), Client(), "http://127.0.0.1/model.onnx", t.TempDir(), 1, nil)
	if timbre.KindOf(err) != timbre.Invalid {
		t.Errorf("http: got %v, want Invalid", err)
	}
}

func TestCatalogueIsCompleteAndItsCardsAreValid(t *testing.T) {
	var names []string
	for _, e := range All() {
		names = append(names, e.Card.Name)
		c := e.Card
		c.Inputs, c.Outputs, c.Source = []string{"in"}, []string{"out"}, e.Page
		if c.Sum == "" {
			c.Sum = strings.Repeat("0", 64)
		}
		if err := c.Check(); err != nil {
			t.Errorf("%s: %v", c.Name, err)
		}
		if (e.URL == "") == (e.How == "") || !strings.HasPrefix(e.Page, "https://") || e.URL != "" && e.Card.Sum == "" {
			t.Errorf("%s: got URL %q, checksum %q and how %q, want an address with its checksum, or how to get the file", c.Name, e.URL, e.Card.Sum, e.How)
		}
	}
	want := "wespeaker-resnet34 titanet-large redimnet2-plus redimnet2-b0 redimnet2-b1 redimnet2-b2 redimnet2-b3 redimnet2-b4 redimnet2-b5 redimnet2-b6"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if _, err := Find("redimnet-b3"); timbre.KindOf(err) != timbre.NotFound || !strings.Contains(err.Error(), "redimnet2-b3") {
		t.Errorf("got %v, want NotFound with the nearest", err)
	}
}
