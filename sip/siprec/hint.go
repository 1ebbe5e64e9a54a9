package siprec

import (
	"slices"
	"strings"
)

// calling is what an extension inside a participant marks it as: <apkt:callingParty>true</apkt:callingParty>.
func calling(n *node) (is Tristate) {
	n.walk(func(n *node) bool {
		if n.name == "callingparty" {
			if v := parseTristate(n.text()); v != Unknown {
				is = v
			}
		}
		return true
	})
	return is
}

func parseTristate(text string) Tristate {
	switch strings.ToLower(text) {
	case "true", "yes", "1":
		return Yes
	case "false", "no", "0":
		return No
	}
	return Unknown
}

// hint reads how an extension names the calling and the called party: by number (BroadWorks, Metaswitch), as an element
// of its own that refers to a participant (NetSapiens), or as the From and To of the call that is recorded (Sonus).
func (m *Metadata) hint(n *node) {
	switch n.name {
	case "callingpartynumber", "fromhdr":
		m.Calling = addName(m.Calling, n.text())
	case "calledpartynumber", "tohdr":
		m.Called = addName(m.Called, n.text())
	case "callingparty":
		m.Calling = addName(m.Calling, m.referred(n))
	case "calledparty":
		m.Called = addName(m.Called, m.referred(n))
	}
}

// addName keeps a name. Extensions may be repeated as often as a body has room for, and each name is compared with each participant.
func addName(names []string, one string) []string {
	if one == "" || len(one) > maxName || len(names) == maxParties || slices.Contains(names, one) {
		return names
	}
	return append(names, one)
}

// referred is the id or the address that an element about a party holds.
func (m *Metadata) referred(n *node) string {
	if id := n.first("participant_id"); id != "" {
		return bareID(id)
	}
	for _, k := range n.children {
		if aor := k.first("aor"); k.name == "nameid" && aor != "" {
			return aor
		}
	}
	if text := n.text(); text != "" && parseTristate(text) == Unknown {
		return text
	}
	return n.child("number")
}

// named is the only participant that any of the names means: by id, by user part, or by the end of a telephone number.
// False: none, or several.
func (m *Metadata) named(names []string) (int, bool) {
	meant, parties := make([]spelling, len(names)), make([]spelling, len(m.Participants))
	for i, n := range names {
		meant[i] = spelling{n, User(n), digits(n)}
	}
	for i, p := range m.Participants {
		user := User(p.AOR)
		parties[i] = spelling{p.ID, user, digits(user)}
	}
	for _, same := range []func(p, n spelling) bool{
		func(p, n spelling) bool { return p.id == n.id },
		func(p, n spelling) bool { return p.user != "" && strings.EqualFold(p.user, n.user) },
		func(p, n spelling) bool { return sameDigits(p.digits, n.digits) },
	} {
		var found []int
		for i, p := range parties {
			if slices.ContainsFunc(meant, func(n spelling) bool { return same(p, n) }) {
				found = append(found, i)
			}
		}
		if len(found) > 0 {
			return found[0], len(found) == 1
		}
	}
	return 0, false
}

// spelling is what a name, or a participant, is compared by.
type spelling struct{ id, user, digits string }
