package catalogue

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"timbre"
)

// stall is how long a download may bring nothing before it is given up. What has come is kept, and the next try goes on from it.
const stall = time.Minute

// Client is the client of downloads: HTTPS only, after redirects too.
func Client() *http.Client {
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: stall}
	return &http.Client{Transport: transport, CheckRedirect: func(r *http.Request, via []*http.Request) error {
		if r.URL.Scheme != "https" || len(via) > 10 {
			return fmt.Errorf("the server redirects to %s", r.URL.Redacted())
		}
		return nil
	}}
}

// Fetch downloads a file of at most limit bytes and returns its path in the folder. What an earlier try has left there is not
// downloaded again. tell is called with the bytes so far and in all, which are 0 if the server does not say.
func Fetch(ctx context.Context, client *http.Client, url, folder string, limit int64, tell func(done, total int64)) (path string, err error) {
	if !strings.HasPrefix(url, "https://") {
		return "", timbre.Errorf(timbre.Invalid, "", "%s is not an address of https", url)
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", err
	}
	path = filepath.Join(folder, filepath.Base(url))
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	d := download{client: client, url: url, file: f, limit: limit, tell: tell}
	if err := d.run(ctx); err != nil {
		return "", timbre.Errorf(timbre.Unavailable, "", "%s was not downloaded (run the command again to go on, or download it yourself and give it with --file): %w", url, err)
	}
	return path, nil
}

// download is one try.
type download struct {
	client *http.Client
	url    string
	file   *os.File
	limit  int64
	tell   func(done, total int64)
}

func (d download) run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	from, err := d.file.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	resp, err := d.request(ctx, from)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	switch resp.StatusCode {
	case http.StatusRequestedRangeNotSatisfiable: // all of it is here; the checksum will tell
		return nil
	case http.StatusPartialContent:
		if want := fmt.Sprintf("bytes %d-", from); !strings.HasPrefix(resp.Header.Get("Content-Range"), want) {
			return fmt.Errorf("the server sends the range %q, not %q", resp.Header.Get("Content-Range"), want)
		}
	case http.StatusOK: // from the beginning
		if from, err = d.file.Seek(0, io.SeekStart); err != nil {
			return err
		}
		if err := d.file.Truncate(0); err != nil {
			return err
		}
	default:
		return fmt.Errorf("the server answers %s", resp.Status)
	}
	return d.copy(resp, from, cancel)
}

func (d download) request(ctx context.Context, from int64) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, d.url, nil)
	if err != nil {
		return nil, err
	}
	if from > 0 {
		r.Header.Set("Range", fmt.Sprintf("bytes=%d-", from))
	}
	return d.client.Do(r)
}

// copy writes the body to the file, which has its first bytes already.
func (d download) copy(resp *http.Response, done int64, cancel context.CancelCauseFunc) error {
	total := int64(0)
	if resp.ContentLength >= 0 {
		total = done + resp.ContentLength
	}
	watch := time.AfterFunc(stall, func() { cancel(fmt.Errorf("nothing came for %v", stall)) })
	defer watch.Stop()
	for buffer := make([]byte, 64<<10); ; {
		n, err := resp.Body.Read(buffer)
		watch.Reset(stall)
		if done += int64(n); done > d.limit || total > d.limit {
			return fmt.Errorf("it is larger than the limit of %d bytes", d.limit)
		}
		if _, err := d.file.Write(buffer[:n]); err != nil {
			return err
		}
		d.tell(done, total)
		switch {
		case err == io.EOF && total > 0 && done < total:
			return io.ErrUnexpectedEOF
		case err == io.EOF:
			return d.file.Sync()
		case err != nil:
			return errors.Join(err, context.Cause(resp.Request.Context()))
		}
	}
}
