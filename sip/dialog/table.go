package dialog

import (
	"maps"
	"slices"
	"sync"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/header"
)

// Table finds the owner of a dialog for a request in it. The zero value is empty.
type Table[T any] struct {
	mu   sync.Mutex
	byID map[string]T
}

// Put adds a dialog, which has both tags, with its owner.
func (t *Table[T]) Put(d *Dialog, owner T) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.byID == nil {
		t.byID = map[string]T{}
	}
	t.byID[d.ID()] = owner
}

// Find returns the owner of the dialog that a request of the peer is in.
func (t *Table[T]) Find(req *gosip.Request) (owner T, ok bool) {
	id, err := gosip.DialogIDFromRequestUAS(req)
	if err != nil {
		return owner, false
	}
	return t.get(id)
}

// Named returns the owner of the dialog of a Call-ID and two tags.
func (t *Table[T]) Named(callID, local, remote string) (owner T, ok bool) {
	return t.get(gosip.DialogIDMake(callID, local, remote))
}

func (t *Table[T]) get(id string) (owner T, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	owner, ok = t.byID[id]
	return owner, ok
}

// Remove takes a dialog out. False: it was not there.
func (t *Table[T]) Remove(d *Dialog) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, ok := t.byID[d.ID()]
	delete(t.byID, d.ID())
	return ok
}

// All are the owners, ordered by the dialogs' ids.
func (t *Table[T]) All() []T {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := make([]T, 0, len(t.byID))
	for _, id := range slices.Sorted(maps.Keys(t.byID)) {
		all = append(all, t.byID[id])
	}
	return all
}

// Len is the number of dialogs.
func (t *Table[T]) Len() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.byID)
}

// Invites are the INVITEs outside of a dialog that are being worked on. A second one of the same Call-ID and From tag has
// taken another way through the network and is refused (RFC 3261, 8.2.2.2). The zero value is empty.
type Invites struct {
	mu   sync.Mutex
	live map[string]bool
}

// Reserve adds an INVITE. False: another one of the same call is there.
func (i *Invites) Reserve(invite *gosip.Request) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.live[keyOf(invite)] {
		return false
	}
	if i.live == nil {
		i.live = map[string]bool{}
	}
	i.live[keyOf(invite)] = true
	return true
}

// Release removes an INVITE.
func (i *Invites) Release(invite *gosip.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	delete(i.live, keyOf(invite))
}

// Len is the number of INVITEs.
func (i *Invites) Len() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return len(i.live)
}

func keyOf(invite *gosip.Request) string {
	return header.Value(invite, "call-id") + " " + tagOf(invite.From().Params)
}
