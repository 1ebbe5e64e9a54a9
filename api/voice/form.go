package voice

import (
	"crypto/sha256"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"
)

// arn returns the ARN of a resource, such as vc/<id>.
func (s *service) arn(resource string) string {
	return "arn:aws:chime:" + s.env.Region + ":" + s.env.Account + ":" + resource
}

// connectorID generates a connector id: 22 lower-case letters and digits, derived from the randomness of a UUID.
func (s *service) connectorID() string {
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789"
	sum := sha256.Sum256([]byte(s.env.NewID()))
	id := make([]byte, 22)
	for i := range id {
		id[i] = letters[int(sum[i])%len(letters)]
	}
	return string(id)
}

// nonZero returns a pointer to v, or nil for the zero value, which a response omits.
func nonZero[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

// nonZeroTime returns a pointer to t, or nil for the zero time, which a response omits.
func nonZeroTime(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// valueOr returns what p points to, or a default if p is nil.
func valueOr[T any](p *T, otherwise T) T {
	if p == nil {
		return otherwise
	}
	return *p
}

func tagMap(tags []types.Tag) map[string]string {
	m := make(map[string]string, len(tags))
	for _, t := range tags {
		m[*t.Key] = *t.Value
	}
	return m
}
