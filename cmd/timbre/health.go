package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"timbre/config"
)

// health is `timbre health`.
type health struct {
	Admin   string        `placeholder:"URL" help:"The server's admin.listen; by default, that of the settings."`
	Alive   bool          `help:"Ask only whether the server runs, not whether it takes calls."`
	Timeout time.Duration `default:"5s" help:"How long to wait for the answer."`

	config.Settings `uses:"admin.listen,admin.tls"`
}

// Run asks a server whether it takes calls. The exit status is that of the answer.
func (h health) Run(ctx context.Context) error {
	client, err := adminClient(h.Settings)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, h.Timeout)
	defer cancel()
	at := cmp.Or(h.Admin, adminURL(h.Settings))
	if !strings.Contains(at, "://") {
		at = "http://" + at
	}
	path, good := "/readyz", "ready"
	if h.Alive {
		path, good = "/healthz", "alive"
	}
	if err := ask(ctx, client, strings.TrimSuffix(at, "/")+path); err != nil {
		return err
	}
	_, err = fmt.Println(good)
	return err
}

// ask gets a page of a server's health. An answer other than 200 is an error with what it says.
func ask(ctx context.Context, client *http.Client, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	why, err := io.ReadAll(io.LimitReader(res.Body, 1000))
	if err != nil || res.StatusCode == http.StatusOK {
		return err
	}
	reason, _, _ := strings.Cut(strings.TrimSpace(string(why)), "\n")
	return fmt.Errorf("%s answers %s: %s", url, res.Status, reason)
}
