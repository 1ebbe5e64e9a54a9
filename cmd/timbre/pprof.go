package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"

	"timbre/config"
)

// profiling is `timbre pprof`.
type profiling struct {
	operator

	Seconds int    `default:"10" help:"How long profile and trace look, in seconds."`
	Profile string `arg:"" help:"Name of the profile: heap, profile (CPU), goroutine, allocs, block, mutex, threadcreate or trace."`
	Out     string `arg:"" help:"File to write, for go tool pprof; for trace, go tool trace."`

	config.Settings `uses:"data,admin.listen,admin.tls"`
}

// Run writes a profile of the server to a file.
func (p *profiling) Run(ctx context.Context) error {
	token, err := p.token(p.Settings)
	if err != nil {
		return err
	}
	client, err := adminClient(p.Settings)
	if err != nil {
		return err
	}
	address := adminURL(p.Settings) + "/debug/pprof/" + url.PathEscape(p.Profile)
	if p.Profile == "profile" || p.Profile == "trace" {
		address += fmt.Sprintf("?seconds=%d", p.Seconds)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	response, err := client.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		why, _ := io.ReadAll(io.LimitReader(response.Body, 1<<10))
		return fmt.Errorf("the server answers %s: %s", response.Status, why)
	}
	f, err := os.OpenFile(p.Out, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600) // it may hold audio
	if err != nil {
		return err
	}
	_, err = io.Copy(f, response.Body)
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}
