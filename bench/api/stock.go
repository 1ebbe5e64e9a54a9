package main

import (
	"context"
	"errors"
	"math"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"timbre"
	"timbre/store/sqlite"
	"timbre/vault"
)

// profiles is how many voices are enrolled: a page of a hundred, and more to follow.
const profiles = 200

// stock is what is read, in the database before the server starts: a connector, its finished speaker searches with a
// match and a voiceprint each, and a domain with a profile from each.
type stock struct {
	connector, domain string
	tasks             []string
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
	now := time.Now()
	s.connector, s.domain = "bench0connector0000000", uuid.NewString()
	if err := db.CreateConnector(ctx, timbre.Connector{
		ID: s.connector, ARN: arn("vc/" + s.connector), Name: "bench", Region: "us-east-1",
		OutboundHost: s.connector + ".voiceconnector.chime.aws", NetworkType: "IPV4_ONLY", Created: now, Updated: now,
	}); err != nil {
		return err
	}
	if err := db.CreateDomain(ctx, timbre.Domain{ID: s.domain, ARN: arn("voice-profile-domain/" + s.domain), Name: "bench", Created: now, Updated: now}); err != nil {
		return err
	}
	for i := range profiles {
		task, profile, now := uuid.NewString(), uuid.NewString(), now.Add(time.Duration(i))
		v := timbre.Voiceprint{Embedding: voice(i), Net: 20 * time.Second, Model: "bench"}
		if err := db.CreateTask(ctx, timbre.Task{
			ID: task, Kind: timbre.SpeakerSearch, ConnectorID: s.connector, TransactionID: uuid.NewString(),
			DomainID: s.domain, Side: timbre.Caller, Status: timbre.Succeeded, Identified: true, Matches: []timbre.Match{{ProfileID: profile, Confidence: 0.97}},
			VoiceprintStatus: timbre.VoiceprintGenerationSuccess, Voiceprint: &v, VoiceprintMade: now, Created: now, Updated: now, Started: now, Ended: now,
		}); err != nil {
			return err
		}
		if err := db.EnrolProfile(ctx, timbre.Profile{
			ID: profile, ARN: arn("voice-profile/" + profile), DomainID: s.domain, Voiceprint: v,
			Created: now, Updated: now, Expires: now.Add(timbre.ProfileLife),
		}, task); err != nil {
			return err
		}
		s.tasks = append(s.tasks, task)
	}
	return nil
}

func arn(resource string) string { return "arn:aws:chime:us-east-1:000000000000:" + resource }

// voice is the embedding of a voice that is like no other.
func voice(i int) timbre.Embedding {
	e := make(timbre.Embedding, 256)
	for k := range e {
		e[k] = float32(math.Sin(float64(i*1000+k)) / 16)
	}
	return e
}

// load is a kind of request.
type load struct {
	name     string
	requests []request
}

// reads are the requests that change nothing.
func (c client) reads(s stock) ([]load, error) {
	connector, err1 := c.sign("GET", "/voice-connectors/"+s.connector, "", "200")
	list, err2 := c.sign("GET", "/voice-profiles?max-results=100&voice-profile-domain-id="+s.domain, "", "200")
	tasks := load{name: "GetSpeakerSearchTask"}
	for _, id := range s.tasks {
		task, err := c.sign("GET", "/voice-connectors/"+s.connector+"/speaker-search-tasks/"+id, "", "200")
		if err != nil {
			return nil, err
		}
		tasks.requests = append(tasks.requests, task)
	}
	return []load{{"GetVoiceConnector", []request{connector}}, tasks, {"ListVoiceProfiles, 100", []request{list}}}, errors.Join(err1, err2)
}
