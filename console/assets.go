package console

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

// dist is the page: see console/build, which makes it of console/app.
//
//go:embed dist
var dist embed.FS

// policy is what the page may load and who may frame it: nothing that it does not have, and nobody.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// mediaTypes are those of the files of the page, by extension.
var mediaTypes = map[string]string{
	".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml",
}

// asset is a file of the page.
type asset struct {
	kind          string // its media type
	tag           string // its ETag
	text, smaller []byte // as it is, and by gzip
}

// Page serves the page to everybody: / and /assets/.
func Page() (http.Handler, error) {
	assets, err := readAssets(dist)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { assets.serve(w, r, "index.html") })
	mux.HandleFunc("GET /assets/{name}", func(w http.ResponseWriter, r *http.Request) { assets.serve(w, r, r.PathValue("name")) })
	return mux, nil
}

// assets are the files of the page by name.
type assets map[string]asset

func readAssets(files fs.FS) (assets, error) {
	entries, err := fs.ReadDir(files, "dist")
	all := assets{}
	for _, e := range entries {
		text, err := fs.ReadFile(files, path.Join("dist", e.Name()))
		if err != nil {
			return nil, err
		}
		var smaller bytes.Buffer
		z, _ := gzip.NewWriterLevel(&smaller, gzip.BestCompression) // a level that there is
		_, _ = z.Write(text)                                        // a buffer takes all
		_ = z.Close()
		sum := sha256.Sum256(text)
		all[e.Name()] = asset{mediaTypes[path.Ext(e.Name())], `"` + hex.EncodeToString(sum[:8]) + `"`, text, smaller.Bytes()}
	}
	return all, err
}

func (a assets) serve(w http.ResponseWriter, r *http.Request, name string) {
	file, known := a[name]
	if !known {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
	h.Set("Cache-Control", "no-cache")
	h.Set("Vary", "Accept-Encoding")
	h.Set("ETag", file.tag)
	h.Set("Content-Type", file.kind)
	if r.Header.Get("If-None-Match") == file.tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	text := file.text
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		text = file.smaller
	}
	_, _ = w.Write(text) // a browser that has gone gets nothing
}
