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
	accessKeyID, region, service string
	at                           time.Time
	expires                      time.Duration // of a presigned request, else 0
	presigned                    bool
	signed                       []string // names of the signed headers, in lower case
	signature                    string
	query                        url.Values
}

// parse reads the claim of a request and refuses a malformed one. Where a claim could be written in two ways, it accepts the
// canonical one only.
func parse(r *http.Request) (claim, error) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return claim{}, refuse(incomplete, "The query string cannot be parsed.")
	}
	inHeader, presigned := r.Header.Get("Authorization") != "", query.Has("X-Amz-Signature")
	var c claim
	switch {
	case inHeader && presigned:
		return claim{}, refuse(incomplete, "The request is signed both in its header and in its query string.")
	case inHeader:
		c, err = headerClaim(r.Header)
	case presigned:
		c, err = queryClaim(query)
	default:
		return claim{}, refuse(noToken, "The request is missing an authentication token.")
	}
	c.query, c.presigned = query, presigned
	return c, err
}

// headerClaim reads the claim of the Authorization header.
func headerClaim(h http.Header) (claim, error) {
	f, err := parseHeader(single(h["Authorization"]))
	if err != nil {
		return claim{}, err
	}
	c, err := f.claim(single(h["X-Amz-Date"]))
	if err == nil && !slices.Contains(c.signed, "x-amz-date") {
		err = refuse(incomplete, "SignedHeaders must include x-amz-date.")
	}
	return c, err
}

// queryClaim reads the claim of a presigned request.
func queryClaim(query url.Values) (claim, error) {
	if single(query["X-Amz-Algorithm"]) != algorithm {
		return claim{}, refuse(incomplete, "X-Amz-Algorithm must be %s.", algorithm)
	}
	f := fields{single(query["X-Amz-Credential"]), single(query["X-Amz-SignedHeaders"]), single(query["X-Amz-Signature"])}
	c, err := f.claim(single(query["X-Amz-Date"]))
	if err != nil {
		return claim{}, err
	}
	seconds, err := strconv.ParseUint(single(query["X-Amz-Expires"]), 10, 31)
	c.expires = time.Duration(seconds) * time.Second
	if err != nil || c.expires == 0 || c.expires > maxExpires {
		return claim{}, refuse(incomplete, "X-Amz-Expires must be 1 to 604800 seconds.")
	}
	return c, nil
}

// single returns the value of a parameter that must be given once: empty if it is absent or repeated.
func single(values []string) string {
	if len(values) != 1 {
		return ""
	}
	return values[0]
}

// fields are the parts of a signature as they were sent.
type fields struct{ credential, signed, signature string }

// parseHeader splits an Authorization header. Its parts come in any order, each once, with or without spaces.
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

// claim reads the parts of a signature made at date.
func (f fields) claim(date string) (claim, error) {
	for _, p := range [...]struct{ name, value string }{
		{"Credential", f.credential}, {"SignedHeaders", f.signed}, {"Signature", f.signature}, {"a date", date},
	} {
		if p.value == "" {
			return claim{}, refuse(incomplete, "The signature is missing %s.", p.name)
		}
	}
	scope, err := f.scope()
	if err != nil {
		return claim{}, err
	}
	at, err := time.Parse(timeFormat, date)
	if err != nil || at.Format(timeFormat) != date {
		return claim{}, refuse(incomplete, "The date must have the format %s.", timeFormat)
	}
	if date[:8] != scope.date {
		return claim{}, refuse(mismatch, "The date in Credential does not match the date of the request.")
	}
	signed, err := f.signedHeaders()
	if err != nil {
		return claim{}, err
	}
	if len(f.signature) != 64 {
		return claim{}, refuse(incomplete, "Signature must be 64 hexadecimal digits.")
	}
	return claim{accessKeyID: scope.accessKeyID, region: scope.region, service: scope.service, at: at, signed: signed, signature: f.signature}, nil
}

// scope is what a signature is valid for.
type scope struct{ accessKeyID, date, region, service string }

// scope reads the credential, KEY/DATE/REGION/SERVICE/aws4_request.
func (f fields) scope() (scope, error) {
	parts := strings.Split(f.credential, "/")
	if len(parts) != 5 || slices.Contains(parts, "") || parts[4] != "aws4_request" {
		return scope{}, refuse(incomplete, "Credential must be KEY/DATE/REGION/SERVICE/aws4_request.")
	}
	return scope{parts[0], parts[1], parts[2], parts[3]}, nil
}

// signedHeaders reads the names of the signed headers, which must include host.
func (f fields) signedHeaders() ([]string, error) {
	signed := strings.Split(f.signed, ";")
	if !slices.Contains(signed, "host") {
		return nil, refuse(incomplete, "SignedHeaders must include host.")
	}
	for i, name := range signed {
		if name != strings.ToLower(name) || i > 0 && name <= signed[i-1] {
			return nil, refuse(incomplete, "SignedHeaders must be in lower case and sorted.")
		}
	}
	return signed, nil
}

// validAt refuses a request that is signed more than Skew away from now, or has expired.
func (c *claim) validAt(now time.Time) error {
	if now.Before(c.at.Add(-Skew)) || now.After(c.until()) {
		return refuse(expired, "The request has expired or its date is too far in the future.")
	}
	return nil
}

// until is the last time at which a request is valid.
func (c *claim) until() time.Time {
	if c.presigned {
		return c.at.Add(c.expires)
	}
	return c.at.Add(Skew)
}
