package sqlite

import (
	"context"

	"github.com/go-json-experiment/json/jsontext"

	"timbre"
)

// tagged are the tables of what can be tagged: their documents have ARN and Tags.
var tagged = []string{"connector", "configuration", "domain", "pipeline", "resource"}

// taggedRow is a row of such a table. Other members of its document stay unchanged.
type taggedRow struct {
	table    string
	id       string
	tags     map[string]string
	document map[string]jsontext.Value
}

func (s *Store) TagsOf(ctx context.Context, arn string) (map[string]string, error) {
	b, err := taggedRowOf(ctx, s.reader, arn)
	return b.tags, wrap("store.TagsOf", err)
}

func (s *Store) UpdateTags(ctx context.Context, arn string, change func(map[string]string) error) error {
	var b taggedRow
	return s.write(ctx, "store.UpdateTags", func(q querier) (err error) {
		b, err = taggedRowOf(ctx, q, arn)
		if err != nil {
			return err
		}
		had := len(b.tags)
		if err := change(b.tags); err != nil {
			return err
		}
		if err := s.withinTags(b.tags, had); err != nil {
			return err
		}
		tags, err := document(b.tags)
		if err != nil {
			return err
		}
		b.document["Tags"] = jsontext.Value(tags)
		doc, err := document(b.document)
		if err != nil {
			return err
		}
		_, err = q.ExecContext(ctx, "UPDATE "+b.table+" SET document = ? WHERE document ->> '$.ARN' = ?", doc, arn)
		return err
	}, func() {
		if b.table == "connector" {
			s.observers.admissionChanged(b.id)()
		}
	})
}

func taggedRowOf(ctx context.Context, q querier, arn string) (taggedRow, error) {
	for _, table := range tagged {
		b, err := queryOne(ctx, q, func(row scanner) (b taggedRow, err error) {
			var doc string
			if err = row.Scan(&b.id, &doc); err != nil {
				return b, err
			}
			b.table, b.tags = table, map[string]string{}
			if b.document, err = read[map[string]jsontext.Value](doc); err != nil || b.document["Tags"] == nil {
				return b, err
			}
			b.tags, err = read[map[string]string](string(b.document["Tags"]))
			return b, err
		}, nil, "SELECT id, document FROM "+table+" WHERE document ->> '$.ARN' = ?", arn)
		if err != nil || b.table != "" {
			return b, err
		}
	}
	return taggedRow{}, timbre.Errorf(timbre.NotFound, "", "The resource with ARN %s does not exist.", arn)
}
