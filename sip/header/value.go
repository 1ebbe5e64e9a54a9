package header

import (
	"slices"
	"strings"

	"timbre"
)

// Elements are those of a header that is a list, such as Supported, Allow or Record-Route, over all its lines.
func Elements(m Message, name string) []string {
	var all []string
	for _, v := range Values(m, name) {
		for _, token := range List(v) {
			if token != "" {
				all = append(all, token)
			}
		}
	}
	return all
}

// Has reports whether a header that is a list of tokens has one of them, in any case. An option tag that only contains another
// one is a different tag.
func Has(m Message, name, token string) bool {
	return slices.ContainsFunc(Elements(m, name), func(t string) bool { return strings.EqualFold(t, token) })
}

// List are the elements of a value: what commas separate outside of quoted strings and of brackets, without the blanks around it.
func List(value string) (all []string) {
	quoted, bracketed, start := false, false, 0
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case quoted && c == '\\':
			i++
		case c == '"' && !bracketed:
			quoted = !quoted
		case quoted:
		case c == '<':
			bracketed = true
		case c == '>':
			bracketed = false
		case c == ',' && !bracketed:
			all = append(all, strings.TrimSpace(value[start:i]))
			start = i + 1
		}
	}
	return append(all, strings.TrimSpace(value[start:]))
}

// URI is the URI in the value of a header such as From, Contact or Route; empty for one that cannot be read.
func URI(value string) string {
	a, err := timbre.ParseNameAddr(value)
	if err != nil {
		return ""
	}
	return a.URI
}

// Parameter is the value of a parameter in a header's value, unquoted: of those after a semicolon, be they of the header or
// of an address in it. False: there is no such parameter.
func Parameter(value, name string) (string, bool) {
	_, rest, _ := timbre.CutUnquoted(value, ";<>")
	for rest != "" {
		var p string
		p, rest, _ = timbre.CutUnquoted(rest, ";<>")
		key, v, _ := strings.Cut(p, "=")
		if strings.EqualFold(strings.TrimSpace(key), name) {
			return unquote(strings.TrimSpace(v)), true
		}
	}
	return "", false
}

// unquote removes the quotes of a quoted string. A closing quote may be missing.
func unquote(s string) string {
	if text, _, ok := timbre.Unquote(s); ok {
		return text
	}
	return strings.TrimPrefix(s, `"`)
}
