package timbre

import (
	"errors"
	"strings"
)

// NameAddr is the value of a SIP header that names somebody, such as From, Contact or Refer-To (RFC 3261, 25.1): name-addr or addr-spec,
// and the parameters of the header.
type NameAddr struct {
	Name       string // the display name, without its quotes
	URI        string
	Parameters string // without the first semicolon
}

// ParseNameAddr reads a value by the grammar: nothing in a quoted display name is taken for a part of the address, whatever it holds. An
// unquoted name may have any characters but quotes and brackets.
func ParseNameAddr(value string) (NameAddr, error) {
	value = strings.TrimSpace(value)
	before, after, bracket := CutUnquoted(value, "<>;")
	if bracket != '<' {
		return addrSpec(before, after, bracket)
	}
	uri, rest, ok := strings.Cut(after, ">")
	rest = strings.TrimSpace(rest)
	parameters, more := strings.CutPrefix(rest, ";")
	name, err := displayName(before)
	switch {
	case err != nil:
		return NameAddr{}, err
	case !ok:
		return NameAddr{}, errors.New("the bracket of an address is not closed")
	case !more && rest != "":
		return NameAddr{}, errors.New("an address is followed by something else than parameters")
	}
	return NameAddr{Name: name, URI: strings.TrimSpace(uri), Parameters: parameters}, nil
}

// addrSpec is an address without brackets, whose parameters are those of the header.
func addrSpec(uri, parameters string, end byte) (NameAddr, error) {
	uri = strings.TrimSpace(uri)
	if end == '>' || strings.ContainsAny(uri, "\" \t") {
		return NameAddr{}, errors.New("an address has no brackets")
	}
	return NameAddr{URI: uri, Parameters: parameters}, nil
}

// displayName is the name before the bracket of an address.
func displayName(text string) (string, error) {
	text = strings.TrimSpace(text)
	if !strings.Contains(text, `"`) {
		return text, nil
	}
	name, rest, ok := Unquote(text)
	if !ok || rest != "" {
		return "", errors.New("a display name is not quoted as a whole")
	}
	return name, nil
}

// Unquote is the text of the quoted string that a value begins with, and what follows. False: it begins with none that is closed.
func Unquote(value string) (text, rest string, ok bool) {
	if !strings.HasPrefix(value, `"`) {
		return "", value, false
	}
	var b strings.Builder
	for i := 1; i < len(value); i++ {
		switch c := value[i]; {
		case c == '"':
			return b.String(), value[i+1:], true
		case c == '\\' && i+1 < len(value):
			i++
			b.WriteByte(value[i])
		default:
			b.WriteByte(c)
		}
	}
	return "", value, false
}

// CutUnquoted cuts a value around the first of some characters that is in no quoted string, and says which it is; zero: there is none.
func CutUnquoted(value, separators string) (before, after string, at byte) {
	quoted := false
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case !quoted && strings.IndexByte(separators, c) >= 0:
			return value[:i], value[i+1:], c
		}
	}
	return value, "", 0
}
