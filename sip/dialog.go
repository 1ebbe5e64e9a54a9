package sip

import (
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
	"timbre/sip/sdp"
	"timbre/sip/siprec"
)

// dialog is one recording session: a call as the SIP side sees it.
type dialog struct {
	id                  string // Call-ID, our tag, theirs
	call                string // Call-ID and their tag: what an INVITE has that is not in a dialog yet
	tag                 string // ours
	txid                string
	connector, from, to string         // of the call
	invite              *gosip.Request // as it came
	local               netip.AddrPort // that it came in on
	contact             netip.AddrPort // by which the peer reaches us
	bound               net.Addr       // of the socket that it came in by
	source              netip.AddrPort // that it came from
	done                chan struct{}  // closed when the dialog is over
	secured             bool           // nothing of it may be in the clear

	answering *sdp.Answering

	mu       sync.Mutex // one change at a time
	over     bool
	theirSeq uint32
	target   gosip.Uri
	offered  *sdp.Offer     // the last one
	tracks   map[int]*track // m-line index → what is received on it
	order    []siprec.Line  // of the legs
	legs     []timbre.Leg
	metadata *siprec.Metadata // nil: there was none, nor a header in its place
	rules    siprec.Rules
	named    string      // the caller, by the header that the rules name
	doubts   []string    // that stay
	warnings []string    // as things stand
	expiry   *time.Timer // of the session; nil without
	ourSeq   uint32      // of our last request
	heard    uint64      // packets, when last looked at
	silent   time.Time   // since when no more have come
	acks     map[uint32]chan []byte
}

// track is an m-line that is taken.
type track struct {
	stream   timbre.MediaStream
	spec     timbre.Media
	reported timbre.Reception
}

// update tells the stream what has changed, if anything has.
func (t *track) update(spec timbre.Media) {
	if !t.spec.Equal(spec) {
		t.spec = spec
		t.stream.Update(spec)
	}
}

// expect gives the channel on which the ACK for an INVITE of a sequence number will be told, with its body.
func (d *dialog) expect(seq uint32) chan []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := make(chan []byte, 1)
	d.acks[seq] = c
	return c
}

// acknowledged tells whoever expects it that an ACK has come.
func (d *dialog) acknowledged(seq uint32, body []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if c, ok := d.acks[seq]; ok {
		delete(d.acks, seq)
		c <- body
	}
}

// proceed notes the sequence number of a request of the peer; false: it is not the next one.
func (d *dialog) proceed(req *gosip.Request) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if seq := req.CSeq().SeqNo; seq > d.theirSeq {
		d.theirSeq = seq
		return true
	}
	return false
}

// table holds the dialogs, and the INVITEs that may become one.
type table struct {
	mu    sync.Mutex
	byID  map[string]*dialog
	calls map[string]bool // Call-ID and From tag
}

func newTable() *table { return &table{byID: map[string]*dialog{}, calls: map[string]bool{}} }

// reserve keeps a second INVITE of one call out until release or remove. False: it is the second.
func (t *table) reserve(call string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.calls[call] {
		return false
	}
	t.calls[call] = true
	return true
}

func (t *table) release(call string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.calls, call)
}

func (t *table) put(d *dialog) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.byID[d.id] = d
}

// find is the dialog that a request is in; nil without.
func (t *table) find(req *gosip.Request) *dialog {
	id, err := gosip.DialogIDFromRequestUAS(req)
	if err != nil {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.byID[id]
}

// remove takes a dialog out; false: somebody has already.
func (t *table) remove(d *dialog) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.byID[d.id] != d {
		return false
	}
	delete(t.byID, d.id)
	delete(t.calls, d.call)
	return true
}

func (t *table) all() []*dialog {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := make([]*dialog, 0, len(t.byID))
	for _, d := range t.byID {
		all = append(all, d)
	}
	slices.SortFunc(all, func(a, b *dialog) int { return strings.Compare(a.id, b.id) })
	return all
}

func (t *table) size() float64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return float64(len(t.byID))
}

// sips says whether the peer insists on TLS along the way, so that our own address has to (RFC 3261, 12.1.1).
func (d *dialog) sips() bool {
	if route := d.invite.RecordRoute(); route != nil {
		return d.invite.Recipient.Scheme == "sips" || route.Address.Scheme == "sips"
	}
	return d.invite.Recipient.Scheme == "sips" || d.invite.Contact().Address.Scheme == "sips"
}
