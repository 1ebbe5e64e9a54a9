package main

import (
	"strconv"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// user runs the program. It is a number, so that a cluster sees that it is not root.
const user = 65532

const data = "/var/lib/timbre"

// configure says how the image is run.
func (p program) configure(c *v1.ConfigFile) {
	c.Architecture, c.OS = p.architecture, "linux"
	c.Created = v1.Time{Time: p.committed}
	for i := range c.History {
		c.History[i] = v1.History{Created: c.Created}
	}
	id := strconv.Itoa(user)
	c.Config = v1.Config{
		User:       id + ":" + id,
		Env:        []string{"PATH=/usr/bin", "TIMBRE_DATA=" + data},
		Entrypoint: []string{"/" + home + "timbre"},
		Cmd:        []string{"serve"},
		WorkingDir: data,
		Volumes:    map[string]struct{}{data: {}},
		StopSignal: "SIGTERM",
		Healthcheck: &v1.HealthConfig{
			Test:        []string{"CMD", "/" + home + "timbre", "health"},
			Interval:    10 * time.Second,
			Timeout:     6 * time.Second,
			StartPeriod: 2 * time.Minute, // it may wait for the server before it
			Retries:     3,
		},
		Labels: map[string]string{
			"org.opencontainers.image.title":       "Timbre",
			"org.opencontainers.image.description": "Voice analytics for live telephone calls",
			"org.opencontainers.image.licenses":    "Apache-2.0",
			"org.opencontainers.image.version":     p.version,
			"org.opencontainers.image.revision":    p.commit,
			"org.opencontainers.image.created":     p.committed.Format(time.RFC3339),
		},
	}
}
