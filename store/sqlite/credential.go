package sqlite

import (
	"context"
	"encoding/json"

	"timbre"
)

// credentialName precedes connector and username in the name that a sealed credential is bound to.
const credentialName = "credential " //nolint:gosec // it is a name, and no secret

func (s *Store) PutCredentials(ctx context.Context, connectorID string, list []timbre.Credential) error {
	return s.erase(ctx, "store.PutCredentials", func(q querier) error {
		if err := s.connectorExists(ctx, q, connectorID); err != nil {
			return err
		}
		for _, c := range list {
			plain, err := json.Marshal(c)
			if err != nil {
				return err
			}
			wrapped, err := s.keys.NewKey()
			if err != nil {
				return err
			}
			sealed, err := s.keys.Seal(wrapped, credentialName+connectorID+" "+c.Username, plain)
			if err != nil {
				return err
			}
			if _, err = q.ExecContext(ctx, `INSERT OR REPLACE INTO credential (connector_id, username, wrapped, sealed)
				VALUES (?, ?, ?, ?)`, connectorID, c.Username, wrapped, sealed); err != nil {
				return err
			}
		}
		var n int
		err := q.QueryRowContext(ctx, "SELECT count(*) FROM credential WHERE connector_id = ?", connectorID).Scan(&n)
		if err == nil && n > timbre.MaxCredentials {
			err = timbre.Errorf(timbre.Limit, "", "A voice connector can have credentials for at most %d users.", timbre.MaxCredentials)
		}
		return err
	}, s.observers.admissionChanged(connectorID))
}

// connectorExists is NotFound without the connector.
func (s *Store) connectorExists(ctx context.Context, q querier, connectorID string) error {
	_, err := queryOne(ctx, q, text, notFound("voice connector", connectorID), "SELECT id FROM connector WHERE id = ?", connectorID)
	return err
}

func (s *Store) Usernames(ctx context.Context, connectorID string) ([]string, error) {
	if err := s.connectorExists(ctx, s.reader, connectorID); err != nil {
		return nil, wrap("store.Usernames", err)
	}
	list, err := queryAll(ctx, s.reader, text, "SELECT username FROM credential WHERE connector_id = ? ORDER BY username", connectorID)
	return list, wrap("store.Usernames", err)
}

// text scans a row of one string.
func text(row scanner) (s string, err error) { return s, row.Scan(&s) }

func (s *Store) Credential(ctx context.Context, connectorID, username string) (timbre.Credential, error) {
	c, err := readable[timbre.Credential]{s: s, kind: "credential", scan: func(row scanner) (c timbre.Credential, err error) {
		var wrapped, sealed []byte
		if err := row.Scan(&wrapped, &sealed); err != nil {
			return c, err
		}
		plain, err := s.keys.Open(wrapped, credentialName+connectorID+" "+username, sealed)
		if err != nil {
			return c, err
		}
		return c, json.Unmarshal(plain, &c)
	}}.one(ctx, timbre.Errorf(timbre.NotFound, "", "The user has no credential on voice connector %s.", connectorID),
		"SELECT connector_id || ' ' || username, wrapped, sealed FROM credential WHERE connector_id = ? AND username = ?", connectorID, username)
	return c, wrap("store.Credential", err)
}

func (s *Store) DeleteCredentials(ctx context.Context, connectorID string, usernames []string) error {
	return s.erase(ctx, "store.DeleteCredentials", func(q querier) error {
		if err := s.connectorExists(ctx, q, connectorID); err != nil {
			return err
		}
		for _, u := range usernames {
			if _, err := q.ExecContext(ctx, "DELETE FROM credential WHERE connector_id = ? AND username = ?", connectorID, u); err != nil {
				return err
			}
		}
		return nil
	}, s.observers.admissionChanged(connectorID))
}
