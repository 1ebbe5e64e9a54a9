package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"timbre"
	"timbre/store"
)

const (
	// inBlock is the most profiles of a block. A change of one of them erases the block, which must not take long.
	inBlock = 128
	// leastInBlock is how few are left as they are. Of the latest changes, which more follow, only full blocks are made.
	leastInBlock = inBlock / 4
	// packEvery is how often profiles are packed that are in no block.
	packEvery = time.Minute
)

// pack makes blocks until ctx ends, in domains that have changed.
func (s *Store) pack(ctx context.Context) {
	ticker := time.NewTicker(packEvery)
	defer ticker.Stop()
	for packed := map[string]int64{}; ; {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
		var err error
		if packed, err = s.packAll(ctx, packed); err != nil && ctx.Err() == nil {
			s.log.Warn("cannot pack voiceprints; a search after a start takes longer", "error", wrap("store.pack", err))
		}
	}
}

// packAll makes blocks in the domains that have changed since the generations that they were packed at. It returns those of now.
func (s *Store) packAll(ctx context.Context, packed map[string]int64) (now map[string]int64, err error) {
	type domain struct {
		voices
		generation int64
	}
	list, err := queryAll(ctx, s.reader, func(row scanner) (d domain, err error) {
		return d, row.Scan(&d.domainID, &d.wrapped, &d.generation)
	}, "SELECT id, wrapped, generation FROM domain")
	if err != nil {
		return packed, err
	}
	now = make(map[string]int64, len(list))
	for _, d := range list {
		if packed[d.domainID] != d.generation {
			if e := s.packDomain(ctx, d.voices); e != nil {
				err = errors.Join(err, e)
				continue
			}
		}
		now[d.domainID] = d.generation
	}
	return now, err
}

func (s *Store) packDomain(ctx context.Context, d voices) error {
	blocks, err := s.blocks(ctx, d.domainID)
	if err != nil {
		return err
	}
	for _, gap := range between(blocks) {
		for more := true; more; {
			if gap.first, more, err = s.packSome(ctx, d, gap); err != nil {
				return err
			}
		}
	}
	return nil
}

// packSome makes a block of the first profiles in a gap, unless they are too few. It returns where the gap goes on, and whether there may be
// more in it.
func (s *Store) packSome(ctx context.Context, d voices, gap span) (next int64, more bool, err error) {
	r, err := s.readRun(ctx, d, gap)
	defer r.erase()
	least := leastInBlock
	if gap.last == latest && r.next == r.at.last+1 {
		least = inBlock
	}
	if err != nil || r.rows < least {
		return r.next, r.next > gap.first, err
	}
	sealed, err := store.SealBlock(s.keys, d.wrapped, d.blockName(r.at), r.profiles)
	if err != nil {
		return r.next, false, err
	}
	return r.next, true, s.write(ctx, "store.pack", func(q querier) error { return keepBlock(ctx, q, d, r.at, r.rows, sealed) })
}

// keepBlock stores a block unless one of its profiles has changed: whatever changes leaves the span, and nothing comes into it.
func keepBlock(ctx context.Context, q querier, d voices, at span, rows int, sealed []byte) error {
	var n int
	err := q.QueryRowContext(ctx, `SELECT count(*) FROM profile INDEXED BY profile_by_change WHERE domain_id = ? AND changed BETWEEN ? AND ?`,
		d.domainID, at.first, at.last).Scan(&n)
	if err != nil || n != rows {
		return err
	}
	_, err = q.ExecContext(ctx, "INSERT INTO block (domain_id, first, last, sealed) VALUES (?, ?, ?, ?)", d.domainID, at.first, at.last, sealed)
	return err
}

// run is profiles of a domain whose last changes follow each other.
type run struct {
	at       span
	profiles []timbre.Profile // those that have a voiceprint
	rows     int
	next     int64 // where reading goes on
}

func (r *run) erase() {
	for i := range r.profiles {
		r.profiles[i].Voiceprint.Erase()
	}
}

// readRun reads the first profiles in a gap. It ends before one that cannot be read: that stays in no block, so that each start finds it.
func (s *Store) readRun(ctx context.Context, d voices, gap span) (r run, err error) {
	r.at, r.next = span{gap.first, gap.first - 1}, gap.first
	rows, err := s.reader.QueryContext(ctx, `SELECT id, expires, changed, sealed FROM profile INDEXED BY profile_by_change
		WHERE domain_id = ? AND changed BETWEEN ? AND ? ORDER BY changed LIMIT ?`, d.domainID, gap.first, gap.last, inBlock)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var p timbre.Profile
		var expires, changed int64
		var sealed sql.RawBytes
		if err := rows.Scan(&p.ID, &expires, &changed, &sealed); err != nil {
			return r, err
		}
		r.next = changed + 1
		if sealed != nil {
			p.Expires = time.Unix(0, expires)
			if p.Voiceprint, err = s.open(d.wrapped, profileName+p.ID, sealed); err != nil {
				r.at.last = changed - 1
				return r, nil
			}
			r.profiles = append(r.profiles, p)
		}
		r.rows++
		r.at.last = changed
	}
	return r, rows.Err()
}
