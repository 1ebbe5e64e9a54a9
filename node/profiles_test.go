package node

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
)

func TestProfilesOfAModelThatIsNotInUseAreCountedAndLogged(t *testing.T) {
	withTestNode(t, func(in *testNode) {
		ctx, cancel := context.WithCancel(in.t.Context())
		var log bytes.Buffer
		in.env.Log = slog.New(slog.NewTextHandler(&log, nil))
		for _, d := range []string{"d", "e"} {
			in.must(in.store.CreateDomain(ctx, timbre.Domain{ID: d, ARN: d}))
		}
		for id, of := range map[string][2]string{"a": {"d", "old"}, "b": {"d", "old"}, "c": {"e", "old"}, "f": {"e", in.speakerModel}} {
			in.profile(id, of[0], of[1])
		}
		done := make(chan struct{})
		in.must(in.openProfileModels(ctx))
		go func() { defer close(done); in.watchProfileModels(ctx) }()
		want := func(profiles ...string) {
			t.Helper()
			wait(countProfilesEvery)
			text := "# HELP timbre_profiles Voice profiles, by the speaker model of their voiceprint and whether it is in use.\n# TYPE timbre_profiles gauge\n"
			if err := testutil.GatherAndCompare(in.metrics, strings.NewReader(text+strings.Join(profiles, "")), "timbre_profiles"); err != nil {
				t.Error(err)
			}
		}
		now := `timbre_profiles{in_use="true",model="` + in.speakerModel + "\"} 1\n"
		want(now, "timbre_profiles{in_use=\"false\",model=\"old\"} 3\n")
		for _, id := range []string{"a", "b", "c"} {
			in.must(in.store.DeleteProfile(ctx, id))
		}
		want(now)
		cancel()
		<-done
		if lines := strings.Count(log.String(), "\n"); lines != 1 || !strings.Contains(log.String(), "profiles=3 domains=2 model=old") {
			t.Errorf("got log %s, want one line on 3 profiles of 2 domains", log.String())
		}
	})
}

// profile enrols a profile of a model.
func (in *testNode) profile(id, domain, model string) {
	in.t.Helper()
	ctx, now := in.t.Context(), time.Now()
	v := timbre.Voiceprint{Embedding: make(timbre.Embedding, 256), Net: 20 * time.Second, Model: model}
	v.Embedding[0] = 1
	in.must(in.store.CreateTask(ctx, timbre.Task{ID: id, Kind: timbre.SpeakerSearch, DomainID: domain, ConnectorID: vc, TransactionID: "tx " + id}))
	in.must(in.store.EnrolProfile(ctx, timbre.Profile{ID: id, ARN: id, DomainID: domain, Voiceprint: v, Created: now, Expires: now.Add(time.Hour)}, id))
}
