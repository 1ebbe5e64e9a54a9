package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // the driver

	"timbre"
	"timbre/store"
	"timbre/vault"
)

const (
	domainID = "domain"
	dim      = 192
	batch    = 20_000 // profiles of a transaction
)

// voice is a drawn voiceprint.
func voice(r *rand.Rand) timbre.Voiceprint {
	v := timbre.Voiceprint{
		Embedding: make(timbre.Embedding, dim), Net: 20 * time.Second, Model: "drawn-voices-1",
		Condition: timbre.Condition{Level: -25, SNR: 25},
	}
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

// fill makes a database with a domain of so many profiles, written as the store writes them.
func fill(ctx context.Context, folder string, profiles int) (err error) {
	s, err := open(ctx, folder)
	if err != nil {
		return err
	}
	if err := errors.Join(s.CreateDomain(ctx, timbre.Domain{ID: domainID}), s.Close()); err != nil {
		return err
	}
	keys, err := vault.Open(filepath.Join(folder, "key"))
	if err != nil {
		return err
	}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(folder, "timbre.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(OFF)&_pragma=cache_size(-500000)")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	var wrapped []byte
	if err := db.QueryRowContext(ctx, "SELECT wrapped FROM domain WHERE id = ?", domainID).Scan(&wrapped); err != nil {
		return err
	}
	r := rand.New(rand.NewPCG(1, 1))
	for from := 0; from < profiles; from += batch {
		if err := add(ctx, db, keys, wrapped, r, min(batch, profiles-from)); err != nil {
			return err
		}
	}
	return nil
}

// add adds n profiles.
func add(ctx context.Context, db *sql.DB, keys *vault.Vault, wrapped []byte, r *rand.Rand, n int) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // no effect after a commit
	insert, err := tx.PrepareContext(ctx, "INSERT INTO profile (id, domain_id, created, expires, sealed, document) VALUES (?, ?, ?, ?, ?, ?)")
	if err != nil {
		return err
	}
	defer func() { _ = insert.Close() }()
	now := time.Now()
	for range n {
		id := fmt.Sprintf("%08x-%04x-4000-8000-%012x", r.Uint32(), r.Uint32()>>16, r.Uint64()>>16)
		sealed, err := store.SealVoiceprint(keys, wrapped, "profile "+id, voice(r))
		if err != nil {
			return err
		}
		if _, err := insert.ExecContext(ctx, id, domainID, now.UnixNano(), now.Add(timbre.ProfileLife).UnixNano(), sealed,
			`{"ID":"`+id+`","DomainID":"`+domainID+`"}`); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// packed waits until the store has packed the profiles.
func packed(ctx context.Context, folder string, profiles int) error {
	s, err := open(ctx, folder)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(folder, "timbre.db")+"?mode=ro")
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	const full = 128
	look := time.NewTicker(time.Second)
	defer look.Stop()
	for {
		var blocks int
		if err := db.QueryRowContext(ctx, "SELECT count(*) FROM block").Scan(&blocks); err != nil || blocks >= profiles/full {
			return err
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
