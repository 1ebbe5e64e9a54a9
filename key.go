package timbre

import (
	"net/netip"
	"slices"
	"strings"
	"time"
)

// Key is an access key: what requests are signed with, and what they may do.
type Key struct {
	ID, Secret string
	User       string         // the name of its profile
	Session    string         // the session token that each of its requests must carry; empty: none
	Expires    time.Time      // when it is refused; zero: never
	Sources    []netip.Prefix // the networks that it may be used from; nil: all
	Grants     []Grant        // what it may do; nil: everything
}

// Keys finds an access key by its id.
type Keys interface {
	Key(accessKeyID string) (key Key, ok bool)
	// Used notes that a request proves a key. Whoever verifies the proof calls it.
	Used(accessKeyID string)
}

// Expired reports whether the key is refused at a time.
func (k Key) Expired(now time.Time) bool { return !k.Expires.IsZero() && !now.Before(k.Expires) }

// From reports whether the key may be used from an address.
func (k Key) From(source netip.Addr) bool {
	source = source.Unmap().WithZone("")
	return k.Sources == nil || slices.ContainsFunc(k.Sources, func(p netip.Prefix) bool { return p.Contains(source) })
}

// As is the key in another profile.
func (k Key) As(user string) Key {
	k.User = user
	return k
}

// Equal reports whether two keys are the same in all.
func (k Key) Equal(o Key) bool {
	return k.ID == o.ID && k.Secret == o.Secret && k.User == o.User && k.Session == o.Session && k.Expires.Equal(o.Expires) &&
		(k.Sources == nil) == (o.Sources == nil) && slices.Equal(k.Sources, o.Sources) && (k.Grants == nil) == (o.Grants == nil) && slices.Equal(k.Grants, o.Grants)
}

// Grant allows the actions that match Action on the resources that match Resource. In both patterns * matches any text and ?
// any character. Actions are compared case-insensitively.
type Grant struct {
	Action   string // such as chime:Get*
	Resource string // an ARN, or * for everything, including actions that concern no resource
}

// May reports whether the key may perform an action on a resource, which is "*" if the action concerns no single one.
func (k Key) May(action, resource string) bool {
	if k.Grants == nil {
		return true
	}
	for _, g := range k.Grants {
		if MatchPattern(strings.ToLower(g.Action), strings.ToLower(action)) && MatchPattern(g.Resource, resource) {
			return true
		}
	}
	return false
}

// MaySome reports whether the key may perform an action on anything at all.
func (k Key) MaySome(action string) bool {
	return k.Grants == nil || slices.ContainsFunc(k.Grants, func(g Grant) bool {
		return MatchPattern(strings.ToLower(g.Action), strings.ToLower(action))
	})
}

// MatchPattern reports whether a pattern, with * for any text and ? for any character, matches all of s. It takes at most len(pattern) × len(s) steps, because it
// backtracks to the last star only.
func MatchPattern(pattern, s string) bool {
	p, i, star, resume := 0, 0, -1, 0
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, resume = p, i
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == s[i]):
			p++
			i++
		case star >= 0:
			resume++
			p, i = star+1, resume
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
