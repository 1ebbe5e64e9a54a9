package node

import (
	"context"
	"errors"
	"fmt"
	"time"

	"timbre"
	"timbre/config"
	"timbre/environment"
	"timbre/infer"
	"timbre/models/card"
	"timbre/store/sqlite"
	"timbre/vault"
	"timbre/voice"
)

// Migration is what became of the voiceprints of a data folder.
type Migration struct {
	Model     string // that is in use: the one of the new voiceprints
	Current   int    // profiles that had a voiceprint of it already
	Remade    int    // profiles that have one now
	MustEnrol []MustEnrol
}

// MustEnrol is a profile of which no voiceprint can be made.
type MustEnrol struct{ Domain, Profile, Model, Reason string }

// Migrate makes new voiceprints of kept audio for all profiles whose voiceprint is of another model than the one in use. No server may
// run on the data folder. Each profile is one transaction: what is done is done, and a second run goes on from there. tell is called
// with the profiles so far and in all.
func Migrate(ctx context.Context, env environment.Environment, s config.Settings, tell func(done, total int64)) (m Migration, err error) {
	if err := IsDataFolder(s); err != nil {
		return m, err
	}
	keys, err := vault.Open(keyFile(s))
	if err != nil {
		return m, err
	}
	store, err := sqlite.Open(ctx, s.Database(), keys, env.Complete().Log)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	runtime, err := infer.New(environment.Environment{}, infer.Config{Threads: s.Infer.Threads})
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, runtime.Close()) }()
	l := loader{env: env.Complete(), library: Library(s), runtime: runtime}
	speaker := l.load(card.Speaker, infer.Long)
	if l.err != nil {
		return m, l.err
	}
	run := migrating{env: l.env, store: store, embedder: voice.New(speaker.Model, speaker.id), tell: tell}
	run.Model = speaker.id
	err = run.all(ctx)
	return run.Migration, err
}

// migrating is a migration in progress.
type migrating struct {
	Migration
	env      environment.Environment
	store    *sqlite.Store
	embedder *voice.Embedder
	tell     func(done, total int64)
}

func (m *migrating) all(ctx context.Context) error {
	domains, err := m.store.ListDomains(ctx, timbre.Page{})
	if err != nil {
		return err
	}
	var profiles []timbre.Item
	for _, d := range domains {
		list, err := m.store.ListProfiles(ctx, d.ID, timbre.Page{})
		if err != nil {
			return err
		}
		profiles = append(profiles, list...)
	}
	for i, p := range profiles {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("stopped after %d of %d profiles; run the command again to go on: %w", i, len(profiles), err)
		}
		if err := m.one(ctx, p.ID); err != nil {
			return err
		}
		m.tell(int64(i+1), int64(len(profiles)))
	}
	return nil
}

// one makes the voiceprint of a profile.
func (m *migrating) one(ctx context.Context, id string) error {
	p, err := m.store.Profile(ctx, id)
	switch {
	case errors.Is(err, timbre.ErrDamaged): // it is told of, and never found
		return nil
	case err != nil:
		return err
	}
	if p.Voiceprint.Model == m.Model {
		m.Current++
		return nil
	}
	reason, err := m.remake(ctx, p)
	switch {
	case err != nil:
		return err
	case reason != "":
		m.MustEnrol = append(m.MustEnrol, MustEnrol{p.DomainID, p.ID, p.Voiceprint.Model, reason})
	default:
		m.Remade++
	}
	return nil
}

// remake makes the voiceprint, or says why it cannot be made.
func (m *migrating) remake(ctx context.Context, p timbre.Profile) (reason string, err error) {
	if !m.env.Now().Before(p.Expires) {
		return "expired", nil
	}
	pcm, err := m.store.Audio(ctx, p.ID)
	if err != nil {
		return "", err
	}
	if len(pcm) == 0 {
		return "no audio is kept", nil
	}
	v, err := m.embedder.Embed(ctx, timbre.Wave(nil, pcm), netOf(p.Voiceprint, pcm))
	if timbre.KindOf(err) == timbre.Unprocessable {
		return err.Error(), nil
	}
	if err != nil {
		return "", err
	}
	return "", m.store.Remake(ctx, p.ID, p.Voiceprint.Model, v)
}

// netOf is the net speech of kept audio: that of an averaged voiceprint is of more audio than is kept.
func netOf(v timbre.Voiceprint, pcm []int16) time.Duration {
	return min(v.Net, timbre.Duration(len(pcm)))
}
