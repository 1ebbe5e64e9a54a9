package node

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"timbre/environment"
)

// masked is a text whose telephone numbers have only their last two digits. Numbers are what the log hides.
func masked(text string) string { return environment.ReplaceNumbers(text, lastTwo) }

// maskedURI is an address whose user part, which may be a short number, is masked.
func maskedURI(text string) string {
	user, host, isURI := strings.Cut(text, "@")
	if isURI {
		host = "@" + host
	}
	return lastTwo(user) + host
}

// lastTwo masks all digits of a text but the last two. Up to five are no number.
func lastTwo(text string) string {
	left := utf8.RuneCountInString(strings.Map(onlyDigits, text))
	if left < 6 {
		return text
	}
	return strings.Map(func(r rune) rune {
		if !unicode.IsDigit(r) {
			return r
		}
		if left--; left < 2 {
			return r
		}
		return '*'
	}, text)
}

func onlyDigits(r rune) rune {
	if unicode.IsDigit(r) {
		return r
	}
	return -1
}

// withoutNumbers are live calls with masked numbers.
func withoutNumbers(calls []LiveCall) []LiveCall {
	for i := range calls {
		c := &calls[i]
		c.From, c.To, c.CallID, c.Group = maskedURI(c.From), maskedURI(c.To), masked(c.CallID), masked(c.Group)
		for j := range c.Legs {
			l := &c.Legs[j]
			l.Party, l.Label = maskedURI(l.Party), maskedURI(l.Label)
		}
		c.Warnings = slices.Clone(c.Warnings) // which the registry shares
		for j, w := range c.Warnings {
			c.Warnings[j] = masked(w)
		}
	}
	return calls
}
