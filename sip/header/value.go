package header

import (
	"slices"
	"strings"
)

// Tokens are the elements of a header that is a list of tokens, such as Supported, Require or Allow, over all its lines.
func Tokens(m Message, name string) []string {
	var all []string
	for _, v := range Values(m, name) {
		for token := range strings.SplitSeq(v, ",") {
			if token = strings.TrimSpace(token); token != "" {
				all = append(all, token)
			}
		}
	}
	return all
}

// Has reports whether a header that is a list of tokens has one of them, in any case. An option tag that only contains another
// one is a different tag.
func Has(m Message, name, token string) bool {
	return slices.ContainsFunc(Tokens(m, name), func(t string) bool { return strings.EqualFold(t, token) })
}

// URI is the URI in the value of a header such as From, Contact or Route: that in angle brackets, or all before the parameters. A quoted
// display name is no part of it, whatever it holds.
func URI(value string) string {
	value = afterQuoted(value)
	if _, bracketed, ok := strings.Cut(value, "<"); ok {
		value, _, _ = strings.Cut(bracketed, ">")
	} else {
		value, _, _ = strings.Cut(value, ";")
	}
	return strings.TrimSpace(value)
}

// Parameter is the value of a parameter in a header's value, unquoted: of those after a semicolon, be they of the header or
// of an address in it. False: there is no such parameter.
func Parameter(value, name string) (string, bool) {
	_, rest := cut(value)
	for rest != "" {
		var p string
		p, rest = cut(rest)
		key, v, _ := strings.Cut(p, "=")
		if strings.EqualFold(strings.TrimSpace(key), name) {
			return unquote(strings.TrimSpace(v)), true
		}
	}
	return "", false
}

// cut splits a value at its first semicolon or angle bracket outside quotes.
func cut(value string) (before, after string) {
	quoted := false
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case !quoted && (c == ';' || c == '<' || c == '>'):
			return value[:i], value[i+1:]
		}
	}
	return value, ""
}

// unquote removes the quotes of a quoted string (RFC 3261, 25.1). A closing quote may be missing.
func unquote(s string) string {
	s, quoted := strings.CutPrefix(s, `"`)
	if !quoted {
		return s
	}
	var text strings.Builder
	for i := 0; i < len(s) && s[i] != '"'; i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		text.WriteByte(s[i])
	}
	return text.String()
}

// afterQuoted is a value without the quoted string that it begins with. One that is not closed is left.
func afterQuoted(value string) string {
	value = strings.TrimSpace(value)
	if !strings.HasPrefix(value, `"`) {
		return value
	}
	for i := 1; i < len(value); i++ {
		switch value[i] {
		case '\\':
			i++
		case '"':
			return value[i+1:]
		}
	}
	return value
}
