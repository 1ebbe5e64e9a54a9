package rest

import (
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// iso8601 is the format of times in both services: UTC, milliseconds, Z.
const iso8601 = "2006-01-02T15:04:05.000Z"

var (
	writeNumber = json.MarshalToFunc(func(e *jsontext.Encoder, n number) error {
		return e.WriteValue(jsontext.Value(n))
	})
	writeTime = json.MarshalToFunc(func(e *jsontext.Encoder, t time.Time) error {
		return e.WriteToken(jsontext.String(t.UTC().Format(iso8601)))
	})
)

// encode encodes the result of an operation. Unset members are omitted.
func encode(out any) ([]byte, error) {
	return json.Marshal(out, json.OmitZeroStructFields(true), json.WithMarshalers(writeTime))
}
