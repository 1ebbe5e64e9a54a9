package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"timbre"
	"timbre/store"
)

// span is generations of a domain, its ends among them.
type span struct{ first, last int64 }

// latest is after every generation.
const latest = math.MaxInt64

// blockName is the name that the block of a span is bound to.
func (d voices) blockName(at span) string {
	return fmt.Sprintf("block %s %d %d", d.domainID, at.first, at.last)
}

// blocks are the spans of a domain's blocks, in order.
func (s *Store) blocks(ctx context.Context, domainID string) ([]span, error) {
	return queryAll(ctx, s.reader, func(row scanner) (b span, err error) { return b, row.Scan(&b.first, &b.last) },
		"SELECT first, last FROM block WHERE domain_id = ? ORDER BY first", domainID)
}

// between are the spans that have no block. The last one has no end.
func between(blocks []span) (gaps []span) {
	next := int64(1)
	for _, b := range blocks {
		if next < b.first {
			gaps = append(gaps, span{next, b.first - 1})
		}
		next = b.last + 1
	}
	return append(gaps, span{next, latest})
}

// putAll hands over a domain: its blocks, and the profiles that are in none. A block that has gone meanwhile, or that cannot be read, costs
// time only: its profiles are read one by one. The latest changes come last, so that what changes meanwhile is not missed.
func (s *Store) putAll(ctx context.Context, d voices, now time.Time, to timbre.VoiceprintIndex) error {
	blocks, err := s.blocks(ctx, d.domainID)
	if err != nil {
		return err
	}
	var rest []span
	for _, b := range s.putBlocks(ctx, d, blocks, now, to) {
		s.dropBlock(ctx, d, b)
		rest = append(rest, b.at)
	}
	for _, at := range append(rest, between(blocks)...) {
		if err := s.putChanged(ctx, d, at, now, to); err != nil {
			return err
		}
	}
	return nil
}

// unread is a block, and why it cannot be read.
type unread struct {
	at  span
	err error
}

// largeDomain is how many blocks take long enough to be read that nothing else should be meanwhile.
const largeDomain = 64

// putBlocks hands over the profiles of blocks, which all processors open. It returns those that it could not read.
func (s *Store) putBlocks(ctx context.Context, d voices, blocks []span, now time.Time, to timbre.VoiceprintIndex) (failed []unread) {
	if len(blocks) >= largeDomain {
		s.inspection.end(errLargeDomain)
	}
	put := func(p timbre.Profile) {
		if p.Expires.After(now) {
			p.DomainID = d.domainID
			to.Put(p)
		}
	}
	var mu sync.Mutex // held while a block is handed over
	var taken atomic.Int64
	var openers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(blocks)) {
		openers.Go(func() {
			var memory []byte // of one block after the other
			for i := taken.Add(1); i <= int64(len(blocks)); i = taken.Add(1) {
				plain, err := s.openBlock(ctx, d, blocks[i-1], memory)
				mu.Lock()
				if err == nil {
					memory, err = plain, store.DecodeBlock(plain, put)
				}
				if err != nil {
					failed = append(failed, unread{blocks[i-1], err})
				}
				mu.Unlock()
				clear(plain)
			}
		})
	}
	openers.Wait()
	return failed
}

// openBlock writes what it can over memory that is not used any more.
func (s *Store) openBlock(ctx context.Context, d voices, at span, memory []byte) (plain []byte, err error) {
	rows, err := s.reader.QueryContext(ctx, "SELECT sealed FROM block WHERE domain_id = ? AND first = ? AND last = ?", d.domainID, at.first, at.last)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	if !rows.Next() {
		return nil, cmp.Or(rows.Err(), sql.ErrNoRows)
	}
	var sealed sql.RawBytes // no copy, of which a large domain would need thousands
	if err := rows.Scan(&sealed); err != nil {
		return nil, err
	}
	return s.keys.OpenInto(memory, d.wrapped, d.blockName(at), sealed)
}

// dropBlock deletes a block that cannot be read, so that its profiles are packed again.
func (s *Store) dropBlock(ctx context.Context, d voices, b unread) {
	if s.writer == nil || ctx.Err() != nil || errors.Is(b.err, sql.ErrNoRows) { // that of a Reader; ended; gone
		return
	}
	err := s.write(ctx, "store.dropBlock", func(q querier) error {
		_, err := q.ExecContext(ctx, "DELETE FROM block WHERE domain_id = ? AND first = ? AND last = ?", d.domainID, b.at.first, b.at.last)
		return err
	})
	s.log.Warn("stored voiceprints that were packed together cannot be read: each is read by itself", "domain", d.domainID, "error", errors.Join(b.err, err))
}
