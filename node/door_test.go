package node

import (
	"log/slog"
	"strings"
	"testing"

	"timbre/config"
	"timbre/environment"
)

func TestStartSaysHowManyStreamsThereIsRoomFor(t *testing.T) {
	for name, c := range map[string]struct {
		ports config.Ports
		want  string
	}{
		"enough": {config.Ports{First: 23200, Last: 23203}, "level=INFO msg=\"room for calls\""},
		"few":    {config.Ports{First: 1024, Last: 65535}, "level=WARN"},
	} {
		t.Run(name, func(t *testing.T) {
			limitDescriptors(t, 4096)
			var log strings.Builder
			s := embeddable(t)
			s.RTP.Ports = c.ports
			n := newNode(environment.Environment{Log: slog.New(slog.NewTextHandler(&log, nil))}, s)
			t.Cleanup(n.close)
			if err := n.assemble(t.Context()); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(log.String(), c.want) || !strings.Contains(log.String(), "pairs=") {
				t.Errorf("got %q, want %q in it", log.String(), c.want)
			}
		})
	}
}
