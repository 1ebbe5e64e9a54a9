package node

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"timbre/config"
	"timbre/environment"
)

func TestRequestHeadersAreLimited(t *testing.T) {
	n := newNode(environment.Environment{}, config.Defaults())
	defer n.close()
	_ = n.openDoors(t.Context())
	s, err := n.listenHTTP("api", "127.0.0.1:0", config.TLS{}, n.requestDoor("api", n.settings.API.Door), http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.serve(ctx) }()
	for size, want := range map[int]int{60 << 10: http.StatusOK, 80 << 10: http.StatusRequestHeaderFieldsTooLarge} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.address, http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("X-Long", strings.Repeat("a", size))
			answer, err := new(http.Client).Do(r)
			if err != nil {
				t.Fatal(err)
			}
			_ = answer.Body.Close()
			if answer.StatusCode != want {
				t.Errorf("got status %d, want %d", answer.StatusCode, want)
			}
		})
	}
	cancel()
	if err := <-done; err != nil {
		t.Errorf("got %v, want no error at shutdown", err)
	}
}

func TestPortInUseIsNamedByItsSetting(t *testing.T) {
	n := newNode(environment.Environment{}, config.Defaults())
	defer n.close()
	_ = n.openDoors(t.Context())
	s, err := n.listenHTTP("admin", "127.0.0.1:0", config.TLS{}, n.requestDoor("api", n.settings.API.Door), http.NotFoundHandler())
	if err != nil {
		t.Fatal(err)
	}
	_, err = n.listenHTTP("api", s.address, config.TLS{}, n.requestDoor("api", n.settings.API.Door), http.NotFoundHandler())
	if want := "api.listen: cannot listen on " + s.address; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got error %v, want one with %q", err, want)
	}
}
