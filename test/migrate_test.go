package test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"

	"timbre"
	"timbre/models/modelstest"
)

// A caller whose audio is kept is recognised with another model after a migration; one whose audio is not must enrol again.
func TestMigrationRemakesVoiceprintsOfKeptAudio(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*timeout)
	defer cancel()
	data, hook := t.TempDir(), newReceiver(t)
	s := settings(t, data, hook)
	forms := modelstest.Forms()
	for i, name := range []string{"first", "second"} {
		out, err := modelsCommand(ctx, t, data, "add", modelstest.Write(t, modelstest.Card(name, forms[2+i]), forms[2+i]))
		wantWords(t, out, err)
	}
	var h deployment
	profiles := map[string]string{}
	for _, c := range []struct{ audio, name string }{{"off", "s5_enrol"}, {"keep", "s1_enrol"}} {
		t.Run("enrolled with audio "+c.audio, func(t *testing.T) {
			s.Models.Speaker, s.Voiceprint.Audio = "first", c.audio
			n := start(t, s)
			if h.domain == "" {
				h = setUp(ctx, t, n.API, hookARN)
				out, err := modelsCommand(ctx, t, data, "migrate")
				if err == nil || !strings.Contains(out, "is in use by another server") {
					t.Errorf("beside a server: got %v and %q, want it refused", err, out)
				}
			}
			h.voice, h.media = clients(n.API)
			search := h.call(ctx, t, hook, n.SIP[0], c.name, timbre.IdentificationNoMatches)
			p, err := h.voice.CreateVoiceProfile(ctx, &voice.CreateVoiceProfileInput{SpeakerSearchTaskId: &search})
			must(t, err)
			profiles[c.audio] = *p.VoiceProfile.VoiceProfileId
		})
	}

	type outcome struct {
		Model           string
		Current, Remade int
		MustEnrol       []struct{ Domain, Profile, Model, Reason string }
	}
	migrate := func() (m outcome) {
		out, err := modelsCommand(ctx, t, data, "migrate", "--models.speaker", "second", "--json")
		wantWords(t, out, err)
		must(t, json.Unmarshal([]byte(out), &m))
		return m
	}
	for i, want := range []struct{ current, remade int }{{0, 1}, {1, 0}} { // the second run finds it done
		m := migrate()
		if m.Current != want.current || m.Remade != want.remade || len(m.MustEnrol) != 1 {
			t.Fatalf("run %d: got %+v, want %+v and one who must enrol again", i, m, want)
		}
		if e := m.MustEnrol[0]; e.Profile != profiles["off"] || e.Domain != h.domain || e.Reason != "no audio is kept" || !strings.HasPrefix(e.Model, "first 1 ") {
			t.Errorf("run %d: got %+v, want the profile without audio", i, e)
		}
	}
	out, err := modelsCommand(ctx, t, data, "migrate", "--models.speaker", "second")
	wantWords(t, out, err, "0 voiceprints remade, 1 were of it already, 1 people must enrol again", profiles["off"])

	t.Run("recognised with the other model", func(t *testing.T) {
		s.Models.Speaker = "second"
		n := start(t, s)
		h.voice, h.media = clients(n.API)
		h.recognise(ctx, t, hook, n.SIP[0], "s1_second", profiles["keep"])
	})
}
