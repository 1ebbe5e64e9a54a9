package siprec

import (
	"errors"
	"path"
	"strconv"
	"strings"

	"timbre"
)

// Rules are what an operator knows of a recording client's calls that its metadata lacks, or has wrong.
type Rules struct {
	Swap    bool     // exchange caller and callee as the client has them
	Header  string   // name of a header of the INVITE that names the caller
	Callers []string // patterns of callers' addresses: * is any text, ? any character
	Mixed   bool     // a call without any hint at its parties has mixed legs, instead of a caller first
}

// With returns the rules as a connector's tags override them, and a warning for each tag whose value is malformed, which is
// ignored.
func (r Rules) With(tags map[string]string) (Rules, []string) {
	var warnings []string
	valid := func(key string) (value string, ok bool) {
		if value, ok = tags[key]; !ok {
			return "", false
		}
		var e *timbre.Error
		if errors.As(timbre.CheckTag(key, value), &e) {
			warnings = append(warnings, e.Msg)
			return "", false
		}
		return value, true
	}
	if v, ok := valid(timbre.LegsSwapTag); ok {
		r.Swap, _ = strconv.ParseBool(v)
	}
	if v, ok := valid(timbre.LegsCallerHeaderTag); ok {
		r.Header = strings.TrimSpace(v)
	}
	if v, ok := valid(timbre.LegsCallerTag); ok {
		r.Callers, _ = timbre.AddressPatterns(strings.Split(v, ","))
	}
	if v, ok := valid(timbre.LegsUnknownTag); ok && v != "" {
		r.Mixed = v == "mixed"
	}
	return r, warnings
}

// isCaller reports whether an address matches a pattern of callers. A pattern with an @ is of user and host, another one of the
// user.
func (r Rules) isCaller(address string) bool {
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
