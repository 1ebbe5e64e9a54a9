package timbre

import (
	"path"
	"strings"
)

// AddressPatterns cleans patterns of callers' addresses, in which * stands for any text and ? for any character: it trims
// them, converts them to lower case and drops empty ones. Invalid if one is malformed.
func AddressPatterns(list []string) ([]string, error) {
	var patterns []string
	for _, p := range list {
		if p = strings.ToLower(strings.TrimSpace(p)); p == "" {
			continue
		}
		if _, err := path.Match(p, ""); err != nil {
			return nil, Errorf(Invalid, "", "%q is not a pattern of addresses", p)
		}
		patterns = append(patterns, p)
	}
	return patterns, nil
}
