package config

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"strings"
	"time"

	"gopkg.in/ini.v1"

	"timbre"
)

// iniOptions read a credentials file as the AWS SDKs do: no quoting, no continuation lines, and # or ; only begins a comment at
// the start of a line. Repeated sections and keys are kept, so that they can be judged here.
var iniOptions = ini.LoadOptions{
	AllowNonUniqueSections: true, AllowShadows: true, AllowDuplicateShadowValues: true, IgnoreContinuation: true,
	IgnoreInlineComment: true, KeyValueDelimiters: "=", PreserveSurroundedQuote: true,
}

// parseProfiles reads the format of https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html, one key a section.
// Unknown keys are ignored. Errors never quote a line, which may hold a secret.
func parseProfiles(text string) ([]timbre.Key, error) {
	file, err := ini.LoadSources(iniOptions, []byte(text))
	if bad := (ini.ErrDelimiterNotFound{}); errors.As(err, &bad) {
		return nil, fmt.Errorf("line %d: want a [profile], then key = value", lineNumber(text, bad.Line))
	}
	if err != nil {
		return nil, errors.New("want lines of [profile] and of key = value")
	}
	sections := file.Sections() // the first one holds what stands above all profiles
	if len(sections[0].Keys()) > 0 {
		return nil, fmt.Errorf("%s stands above the first [profile]", sections[0].Keys()[0].Name())
	}
	if len(sections) == 1 {
		return nil, errors.New("no profile")
	}
	var all []timbre.Key
	begins := headings(text)
	for i, s := range sections[1:] {
		k, err := parseProfile(s)
		if err != nil && i < len(begins) {
			return nil, fmt.Errorf("line %d: profile %s: %w", begins[i], s.Name(), err)
		}
		if err != nil {
			return nil, fmt.Errorf("profile %s: %w", s.Name(), err)
		}
		all = append(all, k)
	}
	return all, nil
}

// headings are the lines of a text at which profiles begin, from 1.
func headings(text string) (lines []int) {
	for i, l := range strings.Split(text, "\n") {
		if strings.HasPrefix(strings.Trim(l, "\uFEFF \t\r"), "[") {
			lines = append(lines, i+1)
		}
	}
	return lines
}

// lineNumber is where a line stands in a text, from 1.
func lineNumber(text, line string) int {
	for i, l := range strings.Split(text, "\n") {
		if strings.TrimSpace(l) == strings.TrimSpace(line) {
			return i + 1
		}
	}
	return 0
}

func parseProfile(s *ini.Section) (timbre.Key, error) {
	p := timbre.Key{User: s.Name()}
	for _, k := range s.Keys() {
		if err := setField(&p, k); err != nil {
			return p, err
		}
	}
	if !validKeyID(p.ID) || p.Secret == "" {
		return p, errors.New("no valid aws_access_key_id with an aws_secret_access_key")
	}
	return p, nil
}

// setField stores one key of a profile. Of repeated lines the last one counts, but what Timbre adds restricts a key: there, a line that
// is repeated or misspelt is refused.
func setField(p *timbre.Key, k *ini.Key) (err error) {
	value := k.Value()
	if all := k.ValueWithShadows(); len(all) > 1 {
		if strings.HasPrefix(k.Name(), "timbre_") {
			return fmt.Errorf("%s occurs twice in the profile; put all on one line", k.Name())
		}
		value = all[len(all)-1]
	}
	switch k.Name() {
	case "aws_access_key_id":
		p.ID = value
	case "aws_secret_access_key":
		p.Secret = value
	case "aws_session_token":
		p.Session = value
	case "timbre_expires":
		p.Expires, err = parseExpiry(value)
	case "timbre_sources":
		p.Sources, err = parseSources(value)
	case "timbre_actions":
		p.Grants, err = parseGrants(value)
	default:
		if strings.HasPrefix(k.Name(), "timbre_") {
			return fmt.Errorf("%s is none of timbre_actions, timbre_expires and timbre_sources", k.Name())
		}
	}
	return err
}

func parseExpiry(text string) (time.Time, error) {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil || at.IsZero() {
		return at, fmt.Errorf("timbre_expires: %q is not a time such as 2027-01-31T12:00:00Z", text)
	}
	return at, nil
}

// parseSources parses networks and addresses separated by commas.
func parseSources(text string) (all []netip.Prefix, err error) {
	for one := range strings.SplitSeq(text, ",") {
		one = strings.TrimSpace(one)
		network, err := netip.ParsePrefix(one)
		if address, e := netip.ParseAddr(one); e == nil && address.Zone() == "" {
			network, err = address.Unmap().Prefix(address.Unmap().BitLen())
		}
		if err != nil {
			return nil, fmt.Errorf("timbre_sources: %q is not a network such as 10.1.0.0/16; omit the line to permit all", one)
		}
		all = append(all, network.Masked())
	}
	return all, nil
}

var action = regexp.MustCompile(`^(\*|(?i:chime|timbre):[A-Za-z*?]+)$`)

// parseGrants parses actions separated by commas, each alone or followed by an ARN.
func parseGrants(text string) ([]timbre.Grant, error) {
	var all []timbre.Grant
	for one := range strings.SplitSeq(text, ",") {
		words := strings.Fields(one)
		if len(words) == 1 {
			words = append(words, "*")
		}
		switch {
		case len(words) != 2:
			return nil, fmt.Errorf("timbre_actions: %q is not an action, alone or with one ARN; omit the line to permit everything", strings.TrimSpace(one))
		case !action.MatchString(words[0]):
			return nil, fmt.Errorf("timbre_actions: %q is not an action such as chime:Get*", words[0])
		case words[1] != "*" && !strings.HasPrefix(words[1], "arn:"):
			return nil, fmt.Errorf("timbre_actions: %q is not an ARN such as arn:aws:chime:*:*:vc/abc*", words[1])
		}
		all = append(all, timbre.Grant{Action: words[0], Resource: words[1]})
	}
	return all, nil
}
