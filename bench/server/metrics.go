package server

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
)

var figure = regexp.MustCompile(`(?m)^([a-z]\w*(?:\{.*\})?) (\S+)$`)

// Metrics are the server's, by name with labels.
func (s *Process) Metrics(ctx context.Context) (map[string]float64, error) {
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, s.Admin+"/metrics", nil)
	if err != nil {
		return nil, err
	}
	res, err := client.Do(q)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("metrics: %s", res.Status)
	}
	all := map[string]float64{}
	for _, m := range figure.FindAllSubmatch(text, -1) {
		if all[string(m[1])], err = strconv.ParseFloat(string(m[2]), 64); err != nil {
			return nil, err
		}
	}
	return all, nil
}
