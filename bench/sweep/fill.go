package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver

	"timbre"
	"timbre/store/sqlite"
	"timbre/vault"
)

// batch is how many tasks a transaction adds.
const batch = 20_000

// fill makes a database with so many tasks, whose calls have ended evenly over the last timbre.ResultLife. Those of the last
// timbre.VoiceprintLife have voiceprints.
func fill(ctx context.Context, path string, keys *vault.Vault, tasks, document int, now time.Time) error {
	s, err := sqlite.Open(ctx, path, keys, nil)
	if err != nil {
		return err
	}
	if err := s.Close(); err != nil {
		return err
	}
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=synchronous(OFF)&_pragma=cache_size(-1000000)")
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	later, err := aside(ctx, db)
	apart := timbre.ResultLife / time.Duration(tasks)
	for from := 0; from < tasks && err == nil; from += batch {
		err = add(ctx, db, from, min(from+batch, tasks), `{"Padding":"`+strings.Repeat("x", document)+`"}`,
			func(i int) time.Time { return now.Add(time.Minute - apart*time.Duration(tasks-i)) }, now)
	}
	for _, create := range later {
		if err == nil {
			_, err = db.ExecContext(ctx, create)
		}
	}
	return errors.Join(err, db.Close())
}

// aside drops the indexes and triggers of tasks and calls, and returns what makes them again: filling is then a hundred times faster.
func aside(ctx context.Context, db *sql.DB) (create []string, err error) {
	drop, create, err := asides(ctx, db)
	for _, statement := range drop {
		if err == nil {
			_, err = db.ExecContext(ctx, statement)
		}
	}
	return create, err
}

// asides returns what drops them, and what makes them again.
func asides(ctx context.Context, db *sql.DB) (drop, create []string, err error) {
	rows, err := db.QueryContext(ctx, "SELECT type, name, sql FROM sqlite_schema WHERE tbl_name IN ('task', 'call') AND type <> 'table' AND sql IS NOT NULL")
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var kind, name, text string
		if err := rows.Scan(&kind, &name, &text); err != nil {
			return nil, nil, err
		}
		drop, create = append(drop, "DROP "+kind+" "+name), append(create, text)
	}
	return drop, create, rows.Err()
}

// add adds tasks and their calls.
func add(ctx context.Context, db *sql.DB, from, to int, document string, end func(int) time.Time, now time.Time) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // no effect after a commit
	call, err := tx.PrepareContext(ctx, "INSERT INTO call (transaction_id, started, ended, document) VALUES (?, ?, ?, ?)")
	if err != nil {
		return err
	}
	defer func() { _ = call.Close() }()
	task, err := tx.PrepareContext(ctx, `INSERT INTO task (id, kind, transaction_id, domain_id, token, active, created, ended, made, sealed, document)
		VALUES (?, 1, ?, 'domain', ?, 0, ?, ?, ?, ?, ?)`)
	if err != nil {
		return err
	}
	defer func() { _ = task.Close() }()
	for i := from; i < to; i++ {
		at, id := end(i), fmt.Sprintf("%x-%d", i*2654435761%4294967291, i) // not in the order of their ends
		ended, made := at.UnixNano(), at.Add(-time.Minute).UnixNano()
		var sealed []byte
		if now.Sub(at) < timbre.VoiceprintLife {
			sealed = make([]byte, 1100)
			_, _ = rand.Read(sealed) // never fails
		}
		_, err = call.ExecContext(ctx, id, made, ended, document)
		if _, e := task.ExecContext(ctx, id, id, id, made, ended, made, sealed, document); e != nil || err != nil {
			return errors.Join(err, e)
		}
	}
	return tx.Commit()
}
