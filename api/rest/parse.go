package rest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"

	"github.com/go-json-experiment/json/jsontext"

	"timbre"
)

// Limits of a body.
const (
	maxBody  = 1 << 20 // bytes
	maxDepth = 32      // objects and lists within each other
)

// parseBody reads and parses the body of a request.
func parseBody(r *http.Request, read func() ([]byte, error)) (map[string]any, error) {
	text, err := read()
	if err == nil && len(text) > 0 {
		err = isJSON(r.Header.Get("Content-Type"))
	}
	if err != nil {
		return nil, err
	}
	return parse(text)
}

// isJSON refuses a body of another content type. A body without a content type is taken for JSON.
func isJSON(contentType string) error {
	kind, _, err := mime.ParseMediaType(contentType)
	if contentType == "" || err == nil && kind == "application/json" {
		return nil
	}
	return &Fault{
		Status: http.StatusUnsupportedMediaType, Type: "UnsupportedMediaTypeException", Code: "UnsupportedMediaType",
		Message: "The body must have the Content-Type application/json.",
	}
}

// number is a JSON number in its original spelling.
type number string

// readBody reads the whole body of a request. It stops at the limit.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.ContentLength > maxBody {
		return nil, timbre.Errorf(timbre.Invalid, "", "The body exceeds %d bytes.", maxBody)
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if over := (*http.MaxBytesError)(nil); errors.As(err, &over) {
		return nil, timbre.Errorf(timbre.Invalid, "", "The body exceeds %d bytes.", maxBody)
	}
	if err != nil {
		return nil, &timbre.Error{Kind: timbre.Invalid, Msg: "The body is incomplete.", Err: err}
	}
	return body, nil
}

// parse decodes a body, which must be one JSON object or empty, into maps, slices, strings, booleans, numbers and nil. It
// refuses duplicate names, invalid UTF-8 and excessive depth.
func parse(body []byte) (map[string]any, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, nil
	}
	d := jsontext.NewDecoder(bytes.NewReader(body))
	v, err := value(d)
	if err == nil {
		_, err = d.ReadToken()
		if errors.Is(err, io.EOF) {
			err = nil
		} else if err == nil {
			err = errors.New("something follows the object")
		}
	}
	if err != nil {
		return nil, &timbre.Error{Kind: timbre.Invalid, Msg: fmt.Sprintf("The body is not valid JSON near byte %d.", d.InputOffset()), Err: err}
	}
	object, ok := v.(map[string]any)
	if !ok {
		return nil, timbre.Errorf(timbre.Invalid, "", "The body must be a JSON object.")
	}
	return object, nil
}

func value(d *jsontext.Decoder) (any, error) {
	token, err := d.ReadToken()
	if err != nil {
		return nil, err
	}
	if d.StackDepth() > maxDepth {
		return nil, fmt.Errorf("more than %d levels deep", maxDepth)
	}
	switch token.Kind() {
	case '{':
		return object(d)
	case '[':
		return list(d)
	case '"':
		return token.String(), nil
	case '0':
		return number(token.String()), nil
	case 't', 'f':
		return token.Bool(), nil
	}
	return nil, nil
}

func object(d *jsontext.Decoder) (any, error) {
	m := map[string]any{}
	for d.PeekKind() != '}' {
		name, err := d.ReadToken()
		if err != nil {
			return nil, err
		}
		key := name.String()
		if m[key], err = value(d); err != nil {
			return nil, err
		}
	}
	_, err := d.ReadToken()
	return m, err
}

func list(d *jsontext.Decoder) (any, error) {
	l := []any{}
	for d.PeekKind() != ']' {
		v, err := value(d)
		if err != nil {
			return nil, err
		}
		l = append(l, v)
	}
	_, err := d.ReadToken()
	return l, err
}
