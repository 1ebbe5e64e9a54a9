package environment

import (
	"context"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Discreet returns a handler that hides telephone numbers and users of URIs from the log, whatever attribute has them: texts that peers
// have influenced, errors, Call-IDs. The settings of the operator, whose keys have a point, are left as they are.
func Discreet(to slog.Handler) slog.Handler {
	if d, is := to.(discreet); is {
		return d
	}
	return discreet{to}
}

type discreet struct{ slog.Handler }

func (d discreet) Handle(ctx context.Context, r slog.Record) error {
	hidden := slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
	r.Attrs(func(a slog.Attr) bool {
		hidden.AddAttrs(hideAttr(a))
		return true
	})
	return d.Handler.Handle(ctx, hidden)
}

func (d discreet) WithAttrs(attrs []slog.Attr) slog.Handler {
	hidden := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		hidden[i] = hideAttr(a)
	}
	return discreet{d.Handler.WithAttrs(hidden)}
}

func (d discreet) WithGroup(name string) slog.Handler { return discreet{d.Handler.WithGroup(name)} }

func hideAttr(a slog.Attr) slog.Attr {
	a.Value = a.Value.Resolve()
	switch kind := a.Value.Kind(); {
	case strings.Contains(a.Key, "."), a.Key == "stack", a.Key == "commit":
	case kind == slog.KindGroup:
		group := a.Value.Group()
		hidden := make([]slog.Attr, len(group))
		for i, each := range group {
			hidden[i] = hideAttr(each)
		}
		a.Value = slog.GroupValue(hidden...)
	case kind == slog.KindString, kind == slog.KindAny:
		text := fmt.Sprint(a.Value.Any())
		if hidden := Hide(text); hidden != text {
			a.Value = slog.StringValue(hidden)
		}
	}
	return a
}

// What a text is searched for, the first that fits at a place. Addresses, UUIDs, times, digests and the heads of ARNs are no numbers of
// people: see isOwn for what else they must be.
var sought = regexp.MustCompile(`(?i)` + strings.Join([]string{
	`(?P<own>\b` + octet + `(?:\.` + octet + `){3}\b(?::\d{1,5}|/(?:3[0-2]|[12]?\d)\b)?` +
		`|\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b` +
		`|\b(?:19|20)\d{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)?\b` +
		`|\b\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?\b` +
		`|\b(?:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})\b` +
		`|\barn:[a-z-]*:[a-z0-9-]*:[a-z0-9-]*:\d{12}:)`,
	`(?P<uri>(?:\b|%(?:3c|22|20))(?:sips?|tel)(?::|%3a)[^@;>\s"']+(?:` + apart + `+\p{Nd}+)*)`,
	`(?P<number>` + number + `)`,
	`(?P<token>` + signed + `)`,
}, "|"))

const (
	octet  = `(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)`
	number = `(?:\+|%2b)?\(?\p{Nd}(?:` + apart + `{0,3}\p{Nd}){6,}`
)

var (
	leadingNumber = regexp.MustCompile(`(?i)^` + number)
	goesOn        = regexp.MustCompile(`(?i)^` + apart + `{1,3}\p{Nd}`)
)

// apart is what sets the digits of a number apart.
const apart = `(?:[\s\p{Zs}().\-/·]|%20|%28|%29)`

const (
	leastNumber = 7 // digits of a telephone number, as sought counts them
	// wholeNumber is how many digits are a number even where letters adjoin them, as in an identifier that is made of one. Fewer there
	// are taken for part of a word.
	wholeNumber = 10
)

// signed is a signed token of JSON (RFC 7515), as the Identity header of a call has it (RFC 8224): the numbers of both parties stand in it, in
// base64.
const signed = `\b(?-i:e[wy])[\w-]{6,}={0,2}\.[\w-]{8,}={0,2}\.[\w-]*`

// Hide replaces telephone numbers, of seven digits or more, users of URIs, and signed tokens by an ellipsis.
func Hide(text string) string { return ReplaceNumbers(text, func(string) string { return ellipsis }) }

const ellipsis = "…"

// ReplaceNumbers replaces what Hide replaces, by something else; tokens by an ellipsis.
func ReplaceNumbers(text string, by func(string) string) string {
	mayBeToken := strings.Contains(text, "ey") || strings.Contains(text, "ew")
	if !strings.ContainsAny(text, ":%") && digits(text) < leastNumber && !mayBeToken || isUUID(text) { // as most are
		return text
	}
	var replaced strings.Builder
	end := 0
	for _, at := range sought.FindAllStringSubmatchIndex(text, -1) {
		from, to := at[0], at[1]
		own, bare, isToken := at[2] >= 0, at[6] >= 0, at[8] >= 0
		if own && !isOwn(text, from, to) {
			to = max(to, from+len(leadingNumber.FindString(text[from:])))
			own = false
		}
		if from < end || own || bare && digits(text[from:to]) < wholeNumber && inWord(text, from, to) {
			continue
		}
		replaced.WriteString(text[end:from])
		if isToken {
			replaced.WriteString(ellipsis)
		} else {
			replaced.WriteString(by(text[from:to]))
		}
		end = to
	}
	return replaced.String() + text[end:]
}

// isOwn reports whether a part of a text that looks like an address, a time or an identifier is one: digits alone are no digest, and
// one that further digits follow is the beginning of a number.
func isOwn(text string, from, to int) bool {
	switch part := text[from:to]; {
	case strings.HasPrefix(strings.ToLower(part), "arn:"):
		return true
	case to-from >= 32:
		return strings.ContainsAny(part, "abcdefABCDEF:")
	case strings.Contains(part, ":"):
		return true
	}
	return !goesOn.MatchString(text[to:])
}

// isUUID reports whether a text is a UUID and nothing else, as many values of the log are: it need not be searched.
func isUUID(text string) bool {
	if len(text) != 36 {
		return false
	}
	letters := false
	for i := range len(text) {
		c := text[i] | 0x20
		dash := i == 8 || i == 13 || i == 18 || i == 23
		letter := 'a' <= c && c <= 'f'
		if dash != (text[i] == '-') || !dash && !letter && (text[i] < '0' || text[i] > '9') {
			return false
		}
		letters = letters || letter
	}
	return letters // digits alone may be a number
}

func digits(text string) (n int) {
	for _, r := range text {
		if unicode.IsDigit(r) {
			n++
		}
	}
	return n
}

// inWord reports whether a letter adjoins a part of a text.
func inWord(text string, from, to int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:from])
	after, _ := utf8.DecodeRuneInString(text[to:])
	return unicode.IsLetter(before) || unicode.IsLetter(after)
}
