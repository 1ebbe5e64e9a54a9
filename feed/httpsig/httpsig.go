// Package httpsig reads the signatures of HTTP requests (RFC 9421) that are made with a shared secret, by the algorithm hmac-sha256. In
// comes a request; out go the signature, and the text that it was computed of. Whose secret it is, and whether the signature was used
// before, is left to the caller.
//
// The headers are read more strictly than structured fields (RFC 9651) may be written: as RFC 9421 has them serialised, which is what
// is signed. A signature that says the same with other white space is refused.
package httpsig

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

const (
	// Life is the longest time from the making of a signature to its use.
	Life = time.Minute
	// Skew is how far the clock of who signs may be from ours.
	Skew = 5 * time.Second

	maxField      = 4096 // longest value of a header with signatures, in bytes
	maxSignatures = 4    // of one request
)

// Signature is that of a request. It has not been compared with a secret.
type Signature struct {
	KeyID, Nonce string
	Created      time.Time
	Expires      time.Time // zero: not said
	Base         []byte    // what was signed (RFC 9421, 2.5)
	MAC          []byte
}

// Read returns the first signature of a request that covers the components that are required; nil if the request is not signed. Components
// are the names of headers in lower case, and @request-target and @authority.
func Read(r *http.Request, required []string) (*Signature, error) {
	inputs, err := field(r, "Signature-Input", (*parser).input)
	if err != nil {
		return nil, err
	}
	macs, err := field(r, "Signature", (*parser).bytes)
	if err != nil {
		return nil, err
	}
	switch {
	case len(inputs) == 0 && len(macs) == 0:
		return nil, nil
	case len(inputs) == 0 || len(macs) == 0:
		return nil, fmt.Errorf("one of the headers Signature and Signature-Input is missing")
	}
	for _, in := range inputs {
		if missing := in.value.missing(required); missing != "" {
			err = fmt.Errorf("the signature does not cover %s", missing)
			continue
		}
		at := slices.IndexFunc(macs, func(m member[[]byte]) bool { return m.name == in.name })
		if at < 0 {
			return nil, fmt.Errorf("the header Signature lacks the signature %.32q", in.name)
		}
		return in.value.signature(r, macs[at].value)
	}
	return nil, err
}

// Until is when the signature can be used no more.
func (s *Signature) Until() time.Time {
	until := s.Created.Add(Life)
	if !s.Expires.IsZero() && s.Expires.Before(until) {
		until = s.Expires
	}
	return until.Add(Skew)
}

// Current returns an error unless the signature may be used now.
func (s *Signature) Current(now time.Time) error {
	switch {
	case s.Created.After(now.Add(Skew)):
		return fmt.Errorf("the signature was made in the future: one of the clocks is wrong")
	case now.After(s.Until()):
		return fmt.Errorf("the signature has expired")
	}
	return nil
}

// field parses a header, whose values are the parts of one dictionary.
func field[T any](r *http.Request, name string, value func(*parser) (T, error)) ([]member[T], error) {
	text := strings.Join(r.Header.Values(name), ", ")
	if len(text) > maxField {
		return nil, fmt.Errorf("the header %s has %d bytes, more than %d", name, len(text), maxField)
	}
	all, err := dictionary(text, value)
	if err != nil {
		return nil, fmt.Errorf("the header %s cannot be parsed: %w", name, err)
	}
	return all, nil
}
