package timbre

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The tags that Timbre acts on. Their values override settings for one resource.
const (
	ThresholdTag        = "timbre:threshold"          // of a domain: the least confidence of a match, see ParseThreshold
	StrangersTag        = "timbre:strangers"          // of a domain: the greatest share of strangers' calls in which one is named
	PriorTag            = "timbre:prior"              // of a domain: the share of calls whose caller is expected to be enrolled
	LegsSwapTag         = "timbre:legs.swap"          // of a connector: true or false
	LegsCallerHeaderTag = "timbre:legs.caller_header" // of a connector: the name of a SIP header, or empty
	LegsCallerTag       = "timbre:legs.caller"        // of a connector: address patterns, separated by commas
	LegsUnknownTag      = "timbre:legs.unknown"       // of a connector: caller or mixed
	DigestTag           = "timbre:digest"             // of a connector: md5 or sha-256
)

// tagPrefix begins the keys that are reserved for tags that Timbre acts on.
const tagPrefix = "timbre:"

// knownTags has every tag with the prefix, and what its value must be.
var knownTags = []struct {
	key, rule string
	valid     func(value string) bool
}{
	{ThresholdTag, "a number above 0 and below 1", validShare},
	{StrangersTag, "a number above 0 and below 1", validShare},
	{PriorTag, "a number above 0 and below 1", validShare},
	{LegsSwapTag, "true or false", func(v string) bool { _, err := strconv.ParseBool(v); return err == nil }},
	{LegsCallerHeaderTag, "the name of a SIP header", func(v string) bool { v = strings.TrimSpace(v); return v == "" || headerName.MatchString(v) }},
	{LegsCallerTag, "address patterns such as +1206*, separated by commas", func(v string) bool { _, err := AddressPatterns(strings.Split(v, ",")); return err == nil }},
	{LegsUnknownTag, "caller or mixed", func(v string) bool { return v == "" || v == "caller" || v == "mixed" }},
	{DigestTag, "md5 or sha-256", func(v string) bool { return v == DigestMD5 || v == DigestSHA256 }},
}

// headerName is the token of RFC 3261, section 25.1.
var headerName = regexp.MustCompile("^[A-Za-z0-9.!%*_+`'~-]+$")

// CheckTag refuses a tag that begins with timbre: and is unknown or has a malformed value: Invalid. Other tags are free.
func CheckTag(key, value string) error {
	if !strings.HasPrefix(strings.ToLower(key), tagPrefix) {
		return nil
	}
	var keys []string
	for _, known := range knownTags {
		switch {
		case known.key != key:
			keys = append(keys, known.key)
		case !known.valid(value):
			return Errorf(Invalid, "", "The value of the tag %s must be %s.", key, known.rule)
		default:
			return nil
		}
	}
	slices.Sort(keys)
	return Errorf(Invalid, "", "The tag %s is not known. The nearest tag is %s.", key, Nearest(key, keys))
}

func validShare(text string) bool { _, ok := ParseThreshold(text); return ok }

// ParseThreshold reads a threshold, or another share of calls: false if it is not a number that ValidThreshold accepts.
func ParseThreshold(text string) (float64, bool) {
	p, err := strconv.ParseFloat(text, 64)
	return p, err == nil && ValidThreshold(p)
}

// ValidThreshold reports whether p can be the least confidence of a match: above 0, where everybody would match, and below 1,
// where nobody would.
func ValidThreshold(p float64) bool { return p > 0 && p < 1 }
