package trial

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"
	_ "modernc.org/sqlite" // the driver

	"timbre"
)

// waiting reads the outbox that a killed server has left, in a copy of its database: whoever opens the original recovers it.
func waiting(ctx context.Context, path string) (all []delivery, err error) {
	folder, err := os.MkdirTemp("", "timbre-chaos-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	for _, part := range []string{"", "-wal"} {
		if err := duplicate(path+part, filepath.Join(folder, "db"+part)); err != nil {
			return nil, err
		}
	}
	return all, query(ctx, filepath.Join(folder, "db"), func(rows *sql.Rows) error {
		var d delivery
		err := rows.Scan(&d.target, &d.id)
		d.target = d.target[strings.LastIndex(d.target, ":")+1:]
		d.id = bare(d.id)
		all = append(all, d)
		return err
	}, "SELECT target, id FROM outbox")
}

func duplicate(from, to string) error {
	in, err := os.Open(from)
	if errors.Is(err, os.ErrNotExist) {
		return nil // a server that has ended in order has no log, and one killed early may have none
	}
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// query runs a statement on a database and reads its rows.
func query(ctx context.Context, path string, read func(*sql.Rows) error, statement string) (err error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(10000)")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	rows, err := db.QueryContext(ctx, statement)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := read(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// texts are the rows of a statement that has one column.
func texts(ctx context.Context, path, statement string) (all []string, err error) {
	return all, query(ctx, path, func(rows *sql.Rows) error {
		var text string
		err := rows.Scan(&text)
		all = append(all, text)
		return err
	}, statement)
}

// age moves the ends of calls into the past, also those that a wrong clock has stamped, so that their summaries are due.
func age(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "UPDATE summary SET ended = ? WHERE ended IS NOT NULL", time.Now().Add(-timbre.SummaryDelay).UnixNano())
	return errors.Join(err, db.Close())
}

// queue puts events into the outbox of a server that does not run, one for each of as many lanes, and returns what it owes then.
func queue(ctx context.Context, path string, lanes int, names ...string) (owed []delivery, err error) {
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	now := time.Now().UnixNano()
	for i := range lanes {
		d := delivery{names[i%len(names)], uuid.NewString()}
		payload := fmt.Sprintf(`{"id":%q,"detail":{"sequence":1,"taskId":"lane-%d"}}`, d.id, i)
		_, err := tx.ExecContext(ctx, "INSERT INTO outbox (id, key, target, payload, created, next_try) VALUES (?, ?, ?, ?, ?, ?)",
			d.id, fmt.Sprintf("lane-%d", i), arn("webhook:us-east-1:000000000000:"+d.target), []byte(payload), now, now)
		if err != nil {
			return nil, errors.Join(err, tx.Rollback())
		}
		owed = append(owed, d)
	}
	return owed, tx.Commit()
}
