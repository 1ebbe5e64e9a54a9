package node

import (
	"regexp"
	"slices"
	"strings"
)

// number is a telephone number in a text, however its digits are set apart.
var number = regexp.MustCompile(`\d(?:[ ().\-]{0,2}\d){5,}`)

// masked is a text whose telephone numbers have only their last two digits.
func masked(text string) string {
	return number.ReplaceAllStringFunc(text, func(n string) string {
		return strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return '*'
			}
			return r
		}, n[:len(n)-2]) + n[len(n)-2:]
	})
}

// maskedURI is an address whose user part is masked.
func maskedURI(text string) string {
	user, host, isURI := strings.Cut(text, "@")
	if isURI {
		host = "@" + host
	}
	return masked(user) + host
}

// withoutNumbers are live calls with masked numbers, also where a Call-ID holds those of its parties.
func withoutNumbers(calls []LiveCall) []LiveCall {
	for i := range calls {
		c := &calls[i]
		own := number.FindAllString(c.From+"\n"+c.To, -1)
		c.From, c.To = maskedURI(c.From), maskedURI(c.To)
		for j := range c.Legs {
			l := &c.Legs[j]
			own = append(own, number.FindAllString(l.Party, -1)...)
			l.Party, l.Label = maskedURI(l.Party), maskedURI(l.Label)
		}
		c.Warnings = slices.Clone(c.Warnings) // which the registry shares
		for j, w := range c.Warnings {
			c.Warnings[j] = masked(w)
		}
		for _, n := range own {
			c.CallID, c.Group = strings.ReplaceAll(c.CallID, n, masked(n)), strings.ReplaceAll(c.Group, n, masked(n))
		}
	}
	return calls
}
