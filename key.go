package timbre

import "strings"

// Key is an access key: what requests are signed with, and what they may ask for.
type Key struct {
	ID, Secret string
	User       string  // the name of its profile
	Session    string  // the session token that each of its requests must carry; empty: none
	Grants     []Grant // what it may do; nil: everything
}

// Grant allows the actions that match Action on the resources that match Resource. In both, * stands for any text and ?
// for any character. Actions are compared without regard to case.
type Grant struct {
	Action   string // such as chime:Get*
	Resource string // an ARN, or * for everything, also for what has no ARN
}

// May says whether the key allows an action on a resource: on "*" where the action is about no single one.
func (k Key) May(action, resource string) bool {
	if k.Grants == nil {
		return true
	}
	for _, g := range k.Grants {
		if wild(strings.ToLower(g.Action), strings.ToLower(action)) && wild(g.Resource, resource) {
			return true
		}
	}
	return false
}

// wild says whether a pattern covers all of s. It takes at most len(pattern) × len(s) steps.
func wild(pattern, s string) bool {
	p, i, star, mark := 0, 0, -1, 0
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, i
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == s[i]):
			p++
			i++
		case star >= 0:
			mark++
			p, i = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
