package feed

import (
	"context"
	"crypto/md5" //nolint:gosec // the digest that RFC 7616 names; the other one is asked first
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"net/netip"
	"strings"

	"timbre"
)

// admission says which connectors a guest may feed: those whose allowed hosts hold the source, as a SIP call's must, or
// one of whose termination credentials the request carries, by HTTP Basic. Termination alone lets a feed in.
type admission struct{ Directory }

// guest is what a request says of who sent it.
type guest struct {
	source         netip.Addr
	encrypted      bool
	user, password string // empty without
}

// door is a connector that lets a guest in.
type door struct {
	connector    string
	callsASecond int // 0 without limit
}

// named is the door of the connector that a request names.
func (a admission) named(ctx context.Context, id string, g guest) ([]door, *refusal) {
	if id = strings.ToLower(id); id == "" || len(id) > 64 || strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return nil, refuse(http.StatusNotFound, "no_connector", "no connector has this id")
	}
	c, err := a.Connector(ctx, id)
	switch {
	case err != nil && timbre.KindOf(err) == timbre.NotFound:
		return nil, refuse(http.StatusNotFound, "no_connector", "no connector has this id")
	case err != nil:
		return nil, failed(err)
	}
	d, r := a.ask(ctx, c, g)
	if r != nil {
		return nil, r
	}
	return []door{d}, nil
}

// open are all doors that let a guest in; a refusal without any.
func (a admission) open(ctx context.Context, g guest) (doors []door, _ *refusal) {
	all, err := a.ListConnectors(ctx, timbre.Page{})
	if err != nil {
		return nil, failed(err)
	}
	for _, c := range all {
		d, r := a.ask(ctx, c, g)
		switch {
		case r == nil:
			doors = append(doors, d)
		case r.status >= 500:
			return nil, r
		}
	}
	if len(doors) == 0 {
		return nil, refuse(http.StatusForbidden, "forbidden", "no connector lets the source in")
	}
	return doors, nil
}

// ask says whether a connector lets a guest in.
func (a admission) ask(ctx context.Context, c timbre.Connector, g guest) (door, *refusal) {
	t, err := a.Termination(ctx, c.ID)
	switch {
	case err != nil && timbre.KindOf(err) != timbre.NotFound:
		return door{}, failed(err)
	case err != nil:
		return door{}, refuse(http.StatusForbidden, "forbidden", "the connector has no termination, so that nobody may feed it")
	case t.Disabled:
		return door{}, refuse(http.StatusForbidden, "forbidden", "the connector's termination is disabled")
	case c.RequireEncryption && !g.encrypted:
		return door{}, refuse(http.StatusForbidden, "encryption", "the connector requires encryption, and this is not TLS")
	}
	d := door{c.ID, t.CPSLimit}
	if t.Allows(g.source) {
		return d, nil
	}
	forbidden := refuse(http.StatusForbidden, "forbidden", "the source is not among the connector's allowed hosts, and no credential of it was given")
	if g.user == "" || len(g.user) > maxSecret || len(g.password) > maxSecret {
		return door{}, forbidden
	}
	known, err := a.Credential(ctx, c.ID, g.user)
	switch {
	case err != nil && timbre.KindOf(err) != timbre.NotFound:
		return door{}, failed(err)
	case err != nil || !proves(g, known):
		return door{}, forbidden
	}
	return d, nil
}

// maxSecret is the longest user name, and the longest password.
const maxSecret = 256

// proves says whether a guest's password is that of a credential, of which only the digests are known.
func proves(g guest, known timbre.Credential) bool {
	text := []byte(known.Username + ":" + known.Realm + ":" + g.password)
	want, got := known.SHA256, sha256.Sum256(text)
	is := hex.EncodeToString(got[:])
	if want == "" {
		old := md5.Sum(text) //nolint:gosec // see the import
		want, is = known.MD5, hex.EncodeToString(old[:])
	}
	return want != "" && subtle.ConstantTimeCompare([]byte(strings.ToLower(want)), []byte(is)) == 1
}
