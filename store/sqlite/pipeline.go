package sqlite

import (
	"context"

	"timbre"
)

func (s *Store) CreatePipeline(ctx context.Context, p timbre.Pipeline, notices []timbre.Notice) error {
	return s.writeAndPost(ctx, "store.CreatePipeline", notices, func(q querier) error {
		if _, err := configuration(ctx, q, p.ConfigurationARN); err != nil {
			return err
		}
		doc, err := document(p)
		if err != nil {
			return err
		}
		_, err = q.ExecContext(ctx, `INSERT INTO pipeline (id, arn, token, created, ended, configuration_arn, document)
			VALUES (?, ?, ?, ?, ?, ?, ?)`,
			p.ID, p.ARN, nullString(p.Token), unixNano(p.Created), nullTime(p.Ended), p.ConfigurationARN, doc)
		if err != nil {
			return duplicate(err, "A media pipeline with this ID or ClientRequestToken already exists.")
		}
		if err := s.withinTags(p.Tags, 0); err != nil {
			return err
		}
		return withinQuota(ctx, q, s.limit().Pipelines, "active media insights pipelines", countQuery, "pipelines")
	})
}

func (s *Store) SavePipeline(ctx context.Context, p timbre.Pipeline, notices []timbre.Notice) error {
	return s.writeAndPost(ctx, "store.SavePipeline", notices, func(q querier) error { return savePipeline(ctx, q, p) })
}

func savePipeline(ctx context.Context, q querier, p timbre.Pipeline) error {
	was, err := pipeline(ctx, q, p.ID)
	if err != nil {
		return err
	}
	p.Created, p.Token, p.Tags = was.Created, was.Token, was.Tags
	doc, err := document(p)
	if err != nil {
		return err
	}
	_, err = q.ExecContext(ctx, "UPDATE pipeline SET ended = ?, document = ? WHERE id = ?", nullTime(p.Ended), doc, p.ID)
	return err
}

func (s *Store) EndPipelines(ctx context.Context, ended []timbre.Ended[timbre.Pipeline]) error {
	return endAll(ctx, s, "store.EndPipelines", ended, savePipeline)
}

func (s *Store) Pipeline(ctx context.Context, identifier string) (timbre.Pipeline, error) {
	p, err := documents[timbre.Pipeline](s, "pipeline").one(ctx, noPipeline(identifier),
		"SELECT id, document FROM pipeline WHERE id = ?1 OR arn = ?1", identifier)
	return p, wrap("store.Pipeline", err)
}

func pipeline(ctx context.Context, q querier, identifier string) (timbre.Pipeline, error) {
	return queryOne(ctx, q, scanDocument[timbre.Pipeline], noPipeline(identifier),
		"SELECT document FROM pipeline WHERE id = ?1 OR arn = ?1", identifier)
}

func (s *Store) PipelineByToken(ctx context.Context, token string) (timbre.Pipeline, error) {
	p, err := documents[timbre.Pipeline](s, "pipeline").one(ctx, notFound("media pipeline with ClientRequestToken", token),
		"SELECT id, document FROM pipeline WHERE token = ?", token)
	return p, wrap("store.PipelineByToken", err)
}

func (s *Store) ListPipelines(ctx context.Context, p timbre.Page) ([]timbre.Item, error) {
	return page[timbre.Item](ctx, s, "store.ListPipelines", p, "pipeline", "true")
}

func (s *Store) LivePipelines(ctx context.Context) ([]string, error) {
	list, err := queryAll(ctx, s.reader, scanText, "SELECT id FROM pipeline WHERE ended IS NULL ORDER BY created, id")
	return list, wrap("store.LivePipelines", err)
}

func (s *Store) DeletePipeline(ctx context.Context, identifier string, notices []timbre.Notice) error {
	return s.writeAndPost(ctx, "store.DeletePipeline", notices, func(q querier) error {
		return execOne(ctx, q, noPipeline(identifier), "DELETE FROM pipeline WHERE id = ?1 OR arn = ?1", identifier)
	})
}

func (s *Store) Post(ctx context.Context, notices []timbre.Notice) error {
	return s.writeAndPost(ctx, "store.Post", notices, func(querier) error { return nil })
}

func noPipeline(identifier string) error { return notFound("media pipeline", identifier) }
