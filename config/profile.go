package config

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"timbre"
)

// parseProfiles reads the format of https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html, one key a section.
// Lines of other meanings are left alone.
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
				return nil, fmt.Errorf("line %d: a profile is written [name]", i+1)
			}
			all = append(all, timbre.Key{User: name})
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		if !ok || len(all) == 0 {
			return nil, fmt.Errorf("line %d: a [profile], then key = value is expected", i+1)
		}
		if err := say(&all[len(all)-1], strings.TrimSpace(key), strings.TrimSpace(value)); err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
	}
	if len(all) == 0 {
		return nil, errors.New("there is no profile in it")
	}
	for _, p := range all {
		if !keyID.MatchString(p.ID) || p.Secret == "" {
			return nil, fmt.Errorf("profile %s has no aws_access_key_id of letters and digits with an aws_secret_access_key", p.User)
		}
	}
	return all, nil
}

// say takes in one line of a profile.
func say(p *timbre.Key, key, value string) (err error) {
	switch key {
	case "aws_access_key_id":
		p.ID = value
	case "aws_secret_access_key":
		p.Secret = value
	case "aws_session_token":
		p.Session = value
	case "timbre_actions":
		if p.Grants != nil {
			return errors.New("timbre_actions stands twice in the profile; write all actions in one line")
		}
		p.Grants, err = parseGrants(value)
	}
	return err
}

var action = regexp.MustCompile(`^(\*|(?i:chime):[A-Za-z*?]+)$`)

// parseGrants reads actions with commas between them, each alone or with an ARN after it.
func parseGrants(text string) ([]timbre.Grant, error) {
	var all []timbre.Grant
	for one := range strings.SplitSeq(text, ",") {
		words := strings.Fields(one)
		if len(words) == 1 {
			words = append(words, "*")
		}
		switch {
		case len(words) != 2:
			return nil, fmt.Errorf("timbre_actions: %q is not an action with or without one ARN; leave the line out to allow everything", strings.TrimSpace(one))
		case !action.MatchString(words[0]):
			return nil, fmt.Errorf("timbre_actions: %q is no action such as chime:Get*", words[0])
		case words[1] != "*" && !strings.HasPrefix(words[1], "arn:"):
			return nil, fmt.Errorf("timbre_actions: %q is no ARN such as arn:aws:chime:*:*:vc/abc*", words[1])
		}
		all = append(all, timbre.Grant{Action: words[0], Resource: words[1]})
	}
	return all, nil
}
