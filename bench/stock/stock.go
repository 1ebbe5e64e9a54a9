// Package stock is what a server has before a bench begins: a connector, its finished speaker searches with a match and a voiceprint each, and
// the profiles that were made of them.
package stock

import (
	"context"
	"errors"
	"math"
	"path/filepath"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"timbre"
	"timbre/models"
	"timbre/store/sqlite"
	"timbre/vault"
)

// Stock has the ids of what was made.
type Stock struct {
	Connector, Domain string
	Tasks             []string

	model string // that the voiceprints are of
}

// New is a stock of so many searches, which Fill makes.
func New(searches int) Stock {
	s := Stock{Connector: "bench0connector0000000", Domain: uuid.NewString(), model: models.Speaker().String()}
	for range searches {
		s.Tasks = append(s.Tasks, uuid.NewString())
	}
	return s
}

// writers is how many write at a time: their commits are one.
const writers = 32

// Fill writes the stock into the data folder of a server that does not run yet, with a profile of each voiceprint if they are enrolled.
func (s Stock) Fill(ctx context.Context, folder string, enrolled bool) error {
	keys, err := vault.Open(filepath.Join(folder, "key"))
	if err != nil {
		return err
	}
	db, err := sqlite.Open(ctx, filepath.Join(folder, "timbre.db"), keys, nil)
	if err != nil {
		return err
	}
	return errors.Join(s.fill(ctx, db, enrolled), db.Close())
}

func (s Stock) fill(ctx context.Context, db *sqlite.Store, enrolled bool) error {
	now := time.Now()
	if err := db.CreateConnector(ctx, timbre.Connector{
		ID: s.Connector, ARN: arn("vc/" + s.Connector), Name: "bench", Region: "us-east-1",
		OutboundHost: s.Connector + ".voiceconnector.chime.aws", NetworkType: "IPV4_ONLY", Created: now, Updated: now,
	}); err != nil {
		return err
	}
	if err := db.CreateDomain(ctx, timbre.Domain{ID: s.Domain, ARN: arn("voice-profile-domain/" + s.Domain), Name: "bench", Created: now, Updated: now}); err != nil {
		return err
	}
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(writers)
	for i := range s.Tasks {
		work.Go(func() error { return s.search(ctx, db, i, now.Add(time.Duration(i)), enrolled) })
	}
	return work.Wait()
}

// search writes a finished search.
func (s Stock) search(ctx context.Context, db *sqlite.Store, i int, now time.Time, enrolled bool) error {
	id := uuid.NewString()
	v := timbre.Voiceprint{Embedding: voice(i), Net: 20 * time.Second, Model: s.model}
	if err := db.CreateTask(ctx, timbre.Task{
		ID: s.Tasks[i], Kind: timbre.SpeakerSearch, ConnectorID: s.Connector, TransactionID: uuid.NewString(),
		DomainID: s.Domain, Side: timbre.Caller, Status: timbre.Succeeded, Identified: true, Matches: []timbre.Match{{ProfileID: id, Confidence: 0.97}},
		VoiceprintStatus: timbre.VoiceprintGenerationSuccess, Voiceprint: &v, VoiceprintMade: now, Created: now, Updated: now, Started: now, Ended: now,
	}); err != nil || !enrolled {
		return err
	}
	return db.EnrolProfile(ctx, timbre.Profile{
		ID: id, ARN: arn("voice-profile/" + id), DomainID: s.Domain, Voiceprint: v,
		Created: now, Updated: now, Expires: now.Add(timbre.ProfileLife),
	}, s.Tasks[i])
}

func arn(resource string) string { return "arn:aws:chime:us-east-1:000000000000:" + resource }

// dimension is that of the speaker model.
const dimension = 192

// voice is the embedding of a voice that is like no other.
func voice(i int) timbre.Embedding {
	e := make(timbre.Embedding, dimension)
	for k := range e {
		e[k] = float32(math.Sin(float64(i*1000+k)) / 16)
	}
	return e
}
