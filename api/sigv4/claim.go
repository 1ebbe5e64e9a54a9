package sigv4

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	algorithm  = "AWS4-HMAC-SHA256"
	timeFormat = "20060102T150405Z"
	maxExpires = 7 * 24 * time.Hour
)

// claim is what a request says about its own signature.
type claim struct {
	accessKeyID, region string
	at                  time.Time
	expires             time.Duration // of a presigned request, else 0
	presigned           bool
	signed              []string // names of the signed headers, in lower case
	signature           string
	query               url.Values
}

// parse reads a claim and finds fault with its form alone. What could be written in two ways is taken in one.
func parse(r *http.Request) (claim, error) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return claim{}, refuse(incomplete, "The query string cannot be parsed.")
	}
	header, presigned := r.Header.Get("Authorization"), query.Has("X-Amz-Signature")
	var f fields
	var date string
	switch {
	case header != "" && presigned:
		return claim{}, refuse(incomplete, "The request is signed both in its header and in its query string.")
	case header != "":
		if f, err = parseHeader(only(r.Header["Authorization"])); err != nil {
			return claim{}, err
		}
		date = only(r.Header["X-Amz-Date"])
	case presigned:
		if only(query["X-Amz-Algorithm"]) != algorithm {
			return claim{}, refuse(incomplete, "X-Amz-Algorithm must be %s.", algorithm)
		}
		f = fields{only(query["X-Amz-Credential"]), only(query["X-Amz-SignedHeaders"]), only(query["X-Amz-Signature"])}
		date = only(query["X-Amz-Date"])
	default:
		return claim{}, refuse(noToken, "The request is missing an authentication token.")
	}
	c, err := f.claim(date)
	if err != nil {
		return claim{}, err
	}
	c.query, c.presigned = query, presigned
	if !presigned && !slices.Contains(c.signed, "x-amz-date") {
		return claim{}, refuse(incomplete, "SignedHeaders must include x-amz-date.")
	}
	if presigned {
		seconds, err := strconv.ParseUint(only(query["X-Amz-Expires"]), 10, 31)
		c.expires = time.Duration(seconds) * time.Second
		if err != nil || c.expires == 0 || c.expires > maxExpires {
			return claim{}, refuse(incomplete, "X-Amz-Expires must be 1 to 604800 seconds.")
		}
	}
	return c, nil
}

// only is the value of what must be given once, and nothing for what is not.
func only(values []string) string {
	if len(values) != 1 {
		return ""
	}
	return values[0]
}

// fields are the parts of a signature as they were written.
type fields struct{ credential, signed, signature string }

// parseHeader takes an Authorization header apart. Its parts come in any order, each once, with or without spaces.
func parseHeader(header string) (fields, error) {
	rest, ok := strings.CutPrefix(header, algorithm)
	if !ok || rest == "" || rest[0] != ' ' {
		return fields{}, refuse(incomplete, "The Authorization header must begin with %s.", algorithm)
	}
	var f fields
	for part := range strings.SplitSeq(rest, ",") {
		key, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		into := map[string]*string{"Credential": &f.credential, "SignedHeaders": &f.signed, "Signature": &f.signature}[key]
		if into == nil || *into != "" {
			return fields{}, refuse(incomplete, "The Authorization header has an unknown or repeated parameter.")
		}
		*into = value
	}
	return f, nil
}

// claim reads the parts.
func (f fields) claim(date string) (claim, error) {
	for _, p := range [...]struct{ name, value string }{
		{"Credential", f.credential}, {"SignedHeaders", f.signed}, {"Signature", f.signature}, {"a date", date},
	} {
		if p.value == "" {
			return claim{}, refuse(incomplete, "The signature is missing %s.", p.name)
		}
	}
	scope := strings.Split(f.credential, "/")
	if len(scope) != 5 || slices.Contains(scope, "") || scope[4] != "aws4_request" {
		return claim{}, refuse(incomplete, "Credential must be KEY/DATE/REGION/SERVICE/aws4_request.")
	}
	if scope[3] != service {
		return claim{}, refuse(mismatch, "Credential should be scoped to correct service: '%s'.", service)
	}
	at, err := time.Parse(timeFormat, date)
	if err != nil || at.Format(timeFormat) != date {
		return claim{}, refuse(incomplete, "The date must have the format %s.", timeFormat)
	}
	if date[:8] != scope[1] {
		return claim{}, refuse(mismatch, "The date in Credential does not match the date of the request.")
	}
	signed := strings.Split(f.signed, ";")
	if !slices.Contains(signed, "host") {
		return claim{}, refuse(incomplete, "SignedHeaders must include host.")
	}
	for i, name := range signed {
		if name != strings.ToLower(name) || i > 0 && name <= signed[i-1] {
			return claim{}, refuse(incomplete, "SignedHeaders must be in lower case and sorted.")
		}
	}
	if len(f.signature) != 64 {
		return claim{}, refuse(incomplete, "Signature must be 64 hexadecimal digits.")
	}
	return claim{accessKeyID: scope[0], region: scope[2], at: at, signed: signed, signature: f.signature}, nil
}

// timely refuses what was signed too far from now, or has run out.
func (c *claim) timely(now time.Time) error {
	early, late := c.at.Add(-Skew), c.at.Add(Skew)
	if c.presigned {
		late = c.at.Add(c.expires)
	}
	if now.Before(early) || now.After(late) {
		return refuse(expired, "The request has expired or its date is too far in the future.")
	}
	return nil
}
