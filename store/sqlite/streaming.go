package sqlite

import (
	"context"

	"timbre"
)

func (s *Store) PutStreaming(ctx context.Context, connectorID string, v timbre.Streaming) error {
	return s.write(ctx, "store.PutStreaming", func(q querier) error {
		doc, err := document(v)
		if err != nil {
			return err
		}
		var arn string
		if v.Insights != nil {
			arn = v.Insights.ConfigurationARN
		}
		if err := configurationExists(ctx, q, arn); err != nil {
			return err
		}
		_, err = q.ExecContext(ctx, "INSERT OR REPLACE INTO streaming (connector_id, configuration_arn, document) VALUES (?, ?, ?)",
			connectorID, nullString(arn), doc)
		return noParent(err, notFound("voice connector", connectorID))
	})
}

// configurationExists refuses a link to a configuration that does not exist. An empty ARN is no link.
func configurationExists(ctx context.Context, q querier, arn string) error {
	var there bool
	err := q.QueryRowContext(ctx, "SELECT ?1 = '' OR EXISTS (SELECT 1 FROM configuration WHERE arn = ?1)", arn).Scan(&there)
	if err == nil && !there {
		err = timbre.Errorf(timbre.NotFound, "", "The media insights pipeline configuration with the given ConfigurationArn does not exist.")
	}
	return err
}

func (s *Store) Streaming(ctx context.Context, connectorID string) (timbre.Streaming, error) {
	v, err := setting[timbre.Streaming](ctx, s, "streaming", notFound("streaming configuration of voice connector", connectorID),
		"SELECT connector_id, document FROM streaming WHERE connector_id = ?", connectorID)
	return v, wrap("store.Streaming", err)
}

func (s *Store) DeleteStreaming(ctx context.Context, connectorID string) error {
	return s.write(ctx, "store.DeleteStreaming", func(q querier) error {
		return execOne(ctx, q, notFound("streaming configuration of voice connector", connectorID),
			"DELETE FROM streaming WHERE connector_id = ?", connectorID)
	})
}
