package sqlite

import (
	"context"

	"timbre"
)

// KnownCall is the voiceprint of a call whose caller is known: a profile was created or renewed from it.
type KnownCall struct {
	TransactionID string
	ProfileID     string
	Voiceprint    timbre.Voiceprint
}

// KnownCalls returns the voiceprints of calls that profiles of a domain were created or renewed from, as far as they are still kept, the
// oldest first. NotFound without the domain.
func (r *Reader) KnownCalls(ctx context.Context, domainID string) ([]KnownCall, error) {
	wrapped, err := dataKey(ctx, r.s.reader, domainID)
	if err != nil {
		return nil, wrap("store.KnownCalls", err)
	}
	scan := func(row scanner) (c KnownCall, err error) {
		var id string
		var sealed []byte
		if err := row.Scan(&id, &c.TransactionID, &c.ProfileID, &sealed); err != nil {
			return c, err
		}
		c.Voiceprint, err = r.s.open(wrapped, taskName+id, sealed)
		return c, err
	}
	list, err := readable[KnownCall]{s: r.s, kind: "task", scan: scan}.all(ctx, -1, `SELECT id, id, transaction_id, iif(renewed <> '', renewed, enrolled), sealed
		FROM task INDEXED BY task_with_voiceprint
		WHERE sealed IS NOT NULL AND domain_id = ? AND (enrolled <> '' OR renewed <> '') ORDER BY made, id`, domainID)
	return list, wrap("store.KnownCalls", err)
}
