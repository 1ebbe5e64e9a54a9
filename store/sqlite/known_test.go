package sqlite_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"timbre"
	"timbre/store/sqlite"
)

func TestReaderReturnsCallsOfKnownCallers(t *testing.T) {
	path, v, now := filepath.Join(t.TempDir(), "timbre.db"), keys(t), time.Unix(1_700_000_000, 0)
	server := profiled(t, path, v, now) // profile vp, enrolled from task t, whose voiceprint is not kept
	defer func() { _ = server.Close() }()
	voiceprint := func(at int) timbre.Voiceprint {
		e := make(timbre.Embedding, 256)
		e[at] = 1
		return timbre.Voiceprint{Embedding: e, Model: "m", Net: 20 * time.Second}
	}
	var err error
	for i, id := range []string{"t1", "t2", "t3"} {
		p := voiceprint(i)
		err = errors.Join(err, server.CreateTask(t.Context(), timbre.Task{
			ID: id, Kind: timbre.SpeakerSearch, TransactionID: "call of " + id, DomainID: "d", Created: now, Voiceprint: &p, VoiceprintMade: now.Add(time.Duration(i) * time.Second),
		}))
	}
	profile := func(id string, v timbre.Voiceprint) timbre.Profile {
		return timbre.Profile{ID: id, DomainID: "d", Created: now, Expires: now.Add(time.Hour), Voiceprint: v}
	}
	err = errors.Join(err, server.EnrolProfile(t.Context(), profile("vp1", voiceprint(0)), "t1"), server.RenewProfile(t.Context(), profile("vp1", voiceprint(1)), "t2"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := sqlite.OpenReader(t.Context(), path, v)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	got, err := r.KnownCalls(t.Context(), "d")
	if err != nil || len(got) != 2 {
		t.Fatalf("got %+v, %v, want the two calls that became profiles", got, err)
	}
	for i, c := range got {
		if c.ProfileID != "vp1" || c.TransactionID != "call of t"+string(rune('1'+i)) || c.Voiceprint.Embedding[i] != 1 || c.Voiceprint.Net != 20*time.Second {
			t.Errorf("got %+v as call %d of vp1", c, i)
		}
	}
	if _, err := r.KnownCalls(t.Context(), "none"); timbre.KindOf(err) != timbre.NotFound {
		t.Errorf("unknown domain: got %v, want NotFound", err)
	}
	if err := server.DeleteProfile(t.Context(), "vp1"); err != nil {
		t.Fatal(err)
	}
	if got, err := r.KnownCalls(t.Context(), "d"); err != nil || len(got) != 0 {
		t.Errorf("got %+v, %v, want nothing of a deleted profile", got, err)
	}
}
