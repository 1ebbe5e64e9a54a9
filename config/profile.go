package config

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"timbre"
)

// parseProfiles reads the format of https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html, one key a section.
// Unknown keys are ignored.
func parseProfiles(text string) ([]timbre.Key, error) {
	var all []timbre.Key
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || line[0] == ';' {
			continue
		}
		if line[0] == '[' {
			name, ok := strings.CutSuffix(line[1:], "]")
			name = strings.TrimSpace(name)
			if !ok || name == "" {
				return nil, fmt.Errorf("line %d: want a profile as [name]", i+1)
			}
			all = append(all, timbre.Key{User: name})
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		if !ok || len(all) == 0 {
			return nil, fmt.Errorf("line %d: want a [profile], then key = value", i+1)
		}
		if err := setField(&all[len(all)-1], strings.TrimSpace(key), strings.TrimSpace(value)); err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
	}
	if len(all) == 0 {
		return nil, errors.New("no profile")
	}
	for _, p := range all {
		if !keyID.MatchString(p.ID) || p.Secret == "" {
			return nil, fmt.Errorf("profile %s has no valid aws_access_key_id with an aws_secret_access_key", p.User)
		}
	}
	return all, nil
}

// setField stores one line of a profile.
func setField(p *timbre.Key, key, value string) (err error) {
	switch key {
	case "aws_access_key_id":
		p.ID = value
	case "aws_secret_access_key":
		p.Secret = value
	case "aws_session_token":
		p.Session = value
	case "timbre_actions":
		if p.Grants != nil {
			return errors.New("timbre_actions occurs twice in the profile; put all actions on one line")
		}
		p.Grants, err = parseGrants(value)
	}
	return err
}

var action = regexp.MustCompile(`^(\*|(?i:chime):[A-Za-z*?]+)$`)

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
