package node

import (
	"context"
	"sync/atomic"

	"timbre"
	"timbre/store"
)

// watched is the store as the API sees it: whatever it changes of who may call is counted, so that the SIP side reads it anew
// for the next message, and not for each.
type watched struct {
	store.Store
	changes *atomic.Uint64
}

func (w watched) PutTermination(ctx context.Context, connectorID string, t timbre.Termination) error {
	defer w.changes.Add(1)
	return w.Store.PutTermination(ctx, connectorID, t)
}

func (w watched) DeleteTermination(ctx context.Context, connectorID string) error {
	defer w.changes.Add(1)
	return w.Store.DeleteTermination(ctx, connectorID)
}

func (w watched) DeleteConnector(ctx context.Context, id string) error {
	defer w.changes.Add(1)
	return w.Store.DeleteConnector(ctx, id)
}

func (w watched) PutCredentials(ctx context.Context, connectorID string, c []timbre.Credential) error {
	defer w.changes.Add(1)
	return w.Store.PutCredentials(ctx, connectorID, c)
}

func (w watched) DeleteCredentials(ctx context.Context, connectorID string, usernames []string) error {
	defer w.changes.Add(1)
	return w.Store.DeleteCredentials(ctx, connectorID, usernames)
}
