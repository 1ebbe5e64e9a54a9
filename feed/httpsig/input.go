package httpsig

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// input is what one signature covers: a member of the header Signature-Input.
type input struct {
	text       string // as it stands in the header; the signature covers it too
	components []string
	parameters map[string]any // string, int64 or bool
}

// missing is the first of the required components that the signature does not cover; empty: none.
func (in input) missing(required []string) string {
	for _, name := range required {
		if !slices.Contains(in.components, name) {
			return name
		}
	}
	return ""
}

// signature is that of a request.
func (in input) signature(r *http.Request, mac []byte) (*Signature, error) {
	if algorithm, said := in.parameters["alg"]; said && algorithm != "hmac-sha256" {
		return nil, fmt.Errorf("the algorithm of the signature is not hmac-sha256")
	}
	base, err := in.base(r)
	if err != nil {
		return nil, err
	}
	s := &Signature{Base: base, MAC: mac}
	s.KeyID, _ = in.parameters["keyid"].(string)
	s.Nonce, _ = in.parameters["nonce"].(string)
	created, said := in.parameters["created"].(int64)
	if s.KeyID == "" || s.Nonce == "" || !said {
		return nil, fmt.Errorf("the signature must have the parameters keyid, nonce and created")
	}
	s.Created = time.Unix(created, 0)
	if expires, said := in.parameters["expires"]; said {
		at, ok := expires.(int64)
		if !ok {
			return nil, fmt.Errorf("the parameter expires is not an integer")
		}
		s.Expires = time.Unix(at, 0)
	}
	return s, nil
}

// base is the text that is signed: each component on a line, and then what the signature says of itself (RFC 9421, 2.5).
func (in input) base(r *http.Request) ([]byte, error) {
	var base strings.Builder
	for i, name := range in.components {
		value, present := component(r, name)
		if !present || slices.Contains(in.components[:i], name) {
			return nil, fmt.Errorf("the signature covers %.64q, which is unknown, not in the request, or covered twice", name)
		}
		base.WriteString(`"` + name + `": ` + value + "\n")
	}
	base.WriteString(`"@signature-params": ` + in.text)
	return []byte(base.String()), nil
}

// component is the value of a component of a request (RFC 9421, 2).
func component(r *http.Request, name string) (value string, present bool) {
	switch name {
	case "@request-target":
		return r.RequestURI, true
	case "@authority":
		return authority(r), true
	}
	var values []string
	for _, v := range r.Header.Values(name) {
		values = append(values, strings.Trim(v, " \t"))
	}
	return strings.Join(values, ", "), len(values) > 0
}

// authority is the host that the request is for, without the port that its scheme has by default.
func authority(r *http.Request) string {
	port := ":80"
	if r.TLS != nil {
		port = ":443"
	}
	return strings.TrimSuffix(strings.ToLower(r.Host), port)
}
