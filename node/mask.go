package node

import (
	"regexp"
	"slices"
	"strings"

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

// lastTwo masks all digits of a text but the last two. Up to five are no number. The letters of a telephone number stand for digits.
func lastTwo(text string) string {
	if scheme, number, ok := strings.Cut(text, ":"); ok && strings.EqualFold(scheme, "tel") {
		number, parameters, _ := strings.Cut(number, ";")
		return strings.TrimSuffix(scheme+":"+mask(number, anyKey)+";"+mask(parameters, anyDigit), ";")
	}
	return mask(text, anyDigit)
}

// The digits of a text, and those of a number that may be spelled, with escapes as they stand in URIs.
var (
	anyDigit = regexp.MustCompile(`(?i)%3[0-9]|%[0-9a-f]{2}|\p{Nd}`)
	anyKey   = regexp.MustCompile(`(?i)%3[0-9]|%[0-9a-f]{2}|[\p{Nd}\pL]`)
)

// isEscape reports whether what they have found is an escape of something else.
func isEscape(found string) bool { return found[0] == '%' && (found[1] != '3' || found[2] > '9') }

// mask masks all digits but the last two.
func mask(text string, digits *regexp.Regexp) string {
	left := 0
	for _, found := range digits.FindAllString(text, -1) {
		if !isEscape(found) {
			left++
		}
	}
	if left < 6 {
		return text
	}
	return digits.ReplaceAllStringFunc(text, func(found string) string {
		if isEscape(found) {
			return found
		}
		if left--; left < 2 {
			return found
		}
		return "*"
	})
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
