package node

import (
	"context"

	"timbre"
	"timbre/notify"
	"timbre/search"
	"timbre/store"
)

// teller is the store as the stages that tell something see it: what they write is on its way out at once.
type teller struct {
	store.Store
	out *notify.Dispatcher
}

func (t teller) SaveTask(ctx context.Context, task timbre.Task, notices []timbre.Notice) error {
	defer t.out.Wake()
	return t.Store.SaveTask(ctx, task, notices)
}

func (t teller) SaveCall(ctx context.Context, c timbre.Call, notices []timbre.Notice) error {
	defer t.out.Wake()
	return t.Store.SaveCall(ctx, c, notices)
}

func (t teller) CreatePipeline(ctx context.Context, p timbre.Pipeline, notices []timbre.Notice) error {
	defer t.out.Wake()
	return t.Store.CreatePipeline(ctx, p, notices)
}

func (t teller) SavePipeline(ctx context.Context, p timbre.Pipeline, notices []timbre.Notice) error {
	defer t.out.Wake()
	return t.Store.SavePipeline(ctx, p, notices)
}

func (t teller) DeletePipeline(ctx context.Context, identifier string, notices []timbre.Notice) error {
	defer t.out.Wake()
	return t.Store.DeletePipeline(ctx, identifier, notices)
}

func (t teller) Post(ctx context.Context, notices []timbre.Notice) error {
	defer t.out.Wake()
	return t.Store.Post(ctx, notices)
}

// eraser is the store as the API sees it: the voices of a domain that it deletes are gone from memory too.
type eraser struct {
	store.Store
	search *search.Searcher
}

func (e eraser) DeleteDomain(ctx context.Context, id string) error {
	defer e.search.Forget(id)
	return e.Store.DeleteDomain(ctx, id)
}
