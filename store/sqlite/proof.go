package sqlite

import (
	"context"
	"net/netip"
	"time"

	"timbre"
)

// Proofs are the hosts that have proven a password, as they were saved, those that cannot be read left out.
func (s *Store) Proofs(ctx context.Context) ([]timbre.Proof, error) {
	all, err := queryAll(ctx, s.reader, func(row scanner) (p timbre.Proof, err error) {
		var network string
		var until int64
		if err = row.Scan(&network, &until); err == nil {
			p.Network, _ = netip.ParsePrefix(network)
			p.Until = time.Unix(0, until)
		}
		return p, err
	}, "SELECT network, until FROM proof")
	return all, wrap("store.Proofs", err)
}

// SaveProof saves that a host has proven a password, and erases the proofs that have ended before.
func (s *Store) SaveProof(ctx context.Context, p timbre.Proof, ended time.Time) error {
	return s.write(ctx, "store.SaveProof", func(q querier) error {
		if _, err := q.ExecContext(ctx, "DELETE FROM proof WHERE until <= ?", ended.UnixNano()); err != nil {
			return err
		}
		_, err := q.ExecContext(ctx, "INSERT INTO proof VALUES (?, ?) ON CONFLICT DO UPDATE SET until = excluded.until", p.Network.String(), p.Until.UnixNano())
		return err
	})
}
