package toll

import (
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/nyaruka/phonenumbers"

	"timbre"
)

// longestInternal is the greatest number of digits of what is dialled within a PBX, or is a short code. What has more is a number of a
// numbering plan.
const longestInternal = 6

// visual are the separators of a number that a gateway ignores (RFC 3966, 5.1.1).
var visual = strings.NewReplacer("-", "", ".", "", "(", "", ")", "", " ", "")

// international are the prefixes of a number in international form, dialled in most countries and in North America.
var international = []string{"00", "011"}

// worldwide are country codes of no country that anyone may call: freephone, shared cost. The others are satellites, carriers of
// resold minutes, and premium rates.
var worldwide = []int32{800, 808}

// plan is what a connector's termination says of numbers.
type plan struct {
	regions []string // that may be called; none: all
	homes   []string // in which a number is dialled that does not say its country; none: nobody knows
}

// planOf is that of a caller. Without regions, it is at home where the connector's own number is.
func planOf(a timbre.Access) plan {
	if len(a.CallingRegions) > 0 {
		return plan{a.CallingRegions, a.CallingRegions}
	}
	own, err := phonenumbers.Parse(a.Identity, "")
	if err != nil {
		return plan{}
	}
	if home := phonenumbers.GetRegionCodeForNumber(own); home != "" && home != nowhere {
		return plan{homes: []string{home}}
	}
	return plan{}
}

// nowhere is the region of numbers of no country.
const nowhere = "001"

// dialable decides whether a number may be called. One that does not say its country is read as dialled in each home: every way in which a
// gateway may understand it must be allowed. What is not understood could be anything, and is refused.
func dialable(user string, p plan, premium bool) *timbre.TollDenial {
	number, plain := dialled(user)
	digits := countDigits(number)
	if keys, whole := spelled(number); !plain && keys != "" {
		if digits = max(digits, countDigits(keys)); whole {
			number, plain = keys, true
		}
	}
	switch {
	case !plain && digits > longestInternal:
		return &timbre.TollDenial{Reason: timbre.TollNumber, Detail: "what is called is no telephone number, and no name or extension either"}
	case !plain, digits <= longestInternal && !strings.HasPrefix(number, "+"):
		return nil // a name, an extension or a short code
	}
	readings := readingsOf(number, p.homes)
	switch {
	case len(readings) == 0 && len(p.homes) == 0 && number[0] != '+':
		return &timbre.TollDenial{Reason: timbre.TollNumber, Detail: "the number does not say its country, and the connector has neither calling regions nor a default number"}
	case len(readings) == 0:
		return &timbre.TollDenial{Reason: timbre.TollNumber, Detail: "the number is of no country's numbering plan"}
	}
	for _, r := range readings {
		if d := r.denial(p.regions, premium); d != nil {
			return d
		}
	}
	return nil
}

// dialled is the number in the user part of a URI, without visual separators. False: it has more than a number.
func dialled(user string) (number string, plain bool) {
	if text, err := url.PathUnescape(user); err == nil {
		user = text
	}
	number = visual.Replace(user)
	return number, isNumber(number)
}

func isNumber(s string) bool {
	return s != "" && strings.Trim(strings.TrimPrefix(s, "+"), "0123456789") == ""
}

// endsOfNumber are what may follow a number in the user part of a URI: parameters, tones, a password. A gateway dials what is before them.
const endsOfNumber = ";,:*#"

// spelled is a number by the keys of a telephone, as a gateway dials it that reads letters; empty: it is a name, though maybe one that begins
// with a digit. False: something follows it.
func spelled(number string) (keys string, whole bool) {
	end := strings.IndexAny(number, endsOfNumber)
	if whole = end < 0; !whole {
		number = number[:end]
	}
	if keys = phonenumbers.ConvertAlphaCharactersInNumber(number); !beginsAsNumber(number) || !isNumber(keys) {
		return "", whole
	}
	return keys, whole
}

// beginsAsNumber tells a number that is spelled, such as 1-900-CALL-NOW, from a name.
func beginsAsNumber(s string) bool { return s != "" && strings.ContainsRune("+0123456789", rune(s[0])) }

// countDigits counts the digits of all scripts.
func countDigits(s string) (n int) {
	for _, c := range s {
		if unicode.IsDigit(c) {
			n++
		}
	}
	return n
}

// reading is a number as it may be understood.
type reading struct {
	region string // in two letters, or nowhere
	number *phonenumbers.PhoneNumber
}

// readingsOf are the ways in which a number may be understood.
func readingsOf(number string, homes []string) (all []reading) {
	add := func(number, region string) {
		parsed, err := phonenumbers.Parse(number, region)
		if err == nil && phonenumbers.IsValidNumber(parsed) { // networks ignore what is too much of a premium number, or in front of one
			all = append(all, reading{phonenumbers.GetRegionCodeForNumber(parsed), parsed})
		}
	}
	if number[0] == '+' {
		add(number, "")
		return all
	}
	for _, prefix := range international {
		if rest, ok := strings.CutPrefix(number, prefix); ok {
			add("+"+rest, "")
		}
	}
	for _, home := range homes {
		add(number, strings.ToUpper(home))
	}
	return all
}

// denial is why the number may not be called; nil: it may.
func (r reading) denial(regions []string, premium bool) *timbre.TollDenial {
	kind, code := phonenumbers.GetNumberType(r.number), r.number.GetCountryCode()
	isPremium := kind == phonenumbers.PREMIUM_RATE || kind == phonenumbers.PERSONAL_NUMBER
	if r.region == nowhere {
		if slices.Contains(worldwide, code) {
			return nil
		}
		isPremium = true
	}
	switch {
	case isPremium && !premium:
		return &timbre.TollDenial{Reason: timbre.TollPremium, Detail: "the number is of a premium, personal or satellite range"}
	case len(regions) > 0 && !slices.ContainsFunc(regions, func(s string) bool { return strings.EqualFold(s, r.region) }):
		return &timbre.TollDenial{Reason: timbre.TollRegion, Detail: "the number is in none of the connector's calling regions"}
	}
	return nil
}

// emergencies are numbers of help in all networks of mobile telephones, and of most PBXs.
var emergencies = []string{"112", "911"}

// isEmergency reports whether a number calls for help where it is dialled. It must be that number and no more: some networks ignore what
// follows.
func isEmergency(user string, homes []string) bool {
	number, plain := dialled(user)
	return plain && (slices.Contains(emergencies, number) || slices.ContainsFunc(homes, func(r string) bool {
		return phonenumbers.IsEmergencyNumber(number, strings.ToUpper(r))
	}))
}
