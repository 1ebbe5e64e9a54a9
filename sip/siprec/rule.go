package siprec

import (
	"path"
	"strconv"
	"strings"

	"timbre"
)

// Rules are what an operator knows of the calls of a recording client, and its metadata does not say, or says wrongly.
type Rules struct {
	Swap    bool     // whoever the client makes the caller is the callee
	Header  string   // name of a header of the INVITE that names the caller
	Callers []string // patterns of callers' addresses: * is any text, ? any character
	Mixed   bool     // a call of which nothing tells the parties has mixed legs, not a caller first
}

// The tags of a connector that go before the rules that are set for all.
const (
	SwapTag    = "timbre:legs.swap"
	HeaderTag  = "timbre:legs.caller_header"
	CallerTag  = "timbre:legs.caller"
	UnknownTag = "timbre:legs.unknown"
)

// With are the rules with what a connector's tags say in place of theirs. A tag that cannot be read is left out, and told.
func (r Rules) With(tags map[string]string) (Rules, []string) {
	var doubts []string
	if v, ok := tags[SwapTag]; ok {
		if swap, err := strconv.ParseBool(v); err == nil {
			r.Swap = swap
		} else {
			doubts = append(doubts, "the tag "+SwapTag+" is neither true nor false")
		}
	}
	if v, ok := tags[HeaderTag]; ok {
		r.Header = strings.TrimSpace(v)
	}
	if v, ok := tags[CallerTag]; ok {
		if callers, err := Patterns(v); err == nil {
			r.Callers = callers
		} else {
			doubts = append(doubts, "the tag "+CallerTag+": "+err.Error())
		}
	}
	switch v := tags[UnknownTag]; v {
	case "":
	case "caller", "mixed":
		r.Mixed = v == "mixed"
	default:
		doubts = append(doubts, "the tag "+UnknownTag+" is neither caller nor mixed")
	}
	return r, doubts
}

// Patterns are those of a list with commas between them. Invalid when one cannot be read.
func Patterns(list string) ([]string, error) {
	var all []string
	for p := range strings.SplitSeq(list, ",") {
		if p = strings.ToLower(strings.TrimSpace(p)); p == "" {
			continue
		}
		if _, err := path.Match(p, ""); err != nil {
			return nil, timbre.Errorf(timbre.Invalid, "", "%q is no pattern of addresses", p)
		}
		all = append(all, p)
	}
	return all, nil
}

// calls says whether an address looks like a caller's. A pattern with an @ is of user and host, another one of the user.
func (r Rules) calls(address string) bool {
	user := strings.ToLower(User(address))
	for _, p := range r.Callers {
		of := user
		if strings.Contains(p, "@") {
			of = user + "@" + strings.ToLower(host(address))
		}
		if fits, err := path.Match(p, of); err == nil && fits && user != "" {
			return true
		}
	}
	return false
}
