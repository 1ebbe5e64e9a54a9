package main

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"path/filepath"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"timbre"
	"timbre/models"
	"timbre/store/sqlite"
	"timbre/vault"
)

// stock is the domain that is searched, in the database before the server starts: profiles of drawn voices, none of which is a caller's.
type stock struct {
	profiles int
	domain   string
}

func (s *stock) fill(ctx context.Context, folder string) error {
	keys, err := vault.Open(filepath.Join(folder, "key"))
	if err != nil {
		return err
	}
	db, err := sqlite.Open(ctx, filepath.Join(folder, "timbre.db"), keys, nil)
	if err != nil {
		return err
	}
	return errors.Join(s.enrol(ctx, db), db.Close())
}

func (s *stock) enrol(ctx context.Context, db *sqlite.Store) error {
	s.domain = uuid.NewString()
	if err := db.CreateDomain(ctx, timbre.Domain{ID: s.domain, ARN: arn("voice-profile-domain/" + s.domain), Name: "load"}); err != nil {
		return err
	}
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(32) // who share commits
	for i := range s.profiles {
		work.Go(func() error { return s.add(ctx, db, voiceprint(uint64(i))) })
	}
	return work.Wait()
}

// add adds a profile, as the enrolment of a finished search does.
func (s *stock) add(ctx context.Context, db *sqlite.Store, v timbre.Voiceprint) error {
	task, profile, now := uuid.NewString(), uuid.NewString(), time.Now()
	err := db.CreateTask(ctx, timbre.Task{
		ID: task, Kind: timbre.SpeakerSearch, TransactionID: uuid.NewString(), DomainID: s.domain, Side: timbre.Caller, Status: timbre.Succeeded,
		Identified: true, VoiceprintStatus: timbre.VoiceprintGenerationSuccess, Voiceprint: &v, VoiceprintMade: now, Created: now, Updated: now,
	})
	if err != nil {
		return err
	}
	return db.EnrolProfile(ctx, timbre.Profile{
		ID: profile, ARN: arn("voice-profile/" + profile), DomainID: s.domain, Voiceprint: v, Created: now, Updated: now, Expires: now.Add(timbre.ProfileLife),
	}, task)
}

func arn(resource string) string { return "arn:aws:chime:us-east-1:000000000000:" + resource }

// voiceprint is a drawn one.
func voiceprint(seed uint64) timbre.Voiceprint {
	r, m := rand.New(rand.NewPCG(seed, 1)), models.Speaker()
	v := timbre.Voiceprint{Embedding: make(timbre.Embedding, m.Dimension), Net: 20 * time.Second, Model: m.String()}
	var sum float64
	for i := range v.Embedding {
		x := r.NormFloat64()
		v.Embedding[i], sum = float32(x), sum+x*x
	}
	for i := range v.Embedding {
		v.Embedding[i] /= float32(math.Sqrt(sum))
	}
	return v
}
