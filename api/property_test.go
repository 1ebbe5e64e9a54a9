package api_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"timbre/api/rest"
	"timbre/api/rest/sample"
)

// Every operation takes any request that fits its model, and answers it with a status that it has: its own success, one of
// the exceptions that it declares.
func TestAnyValidRequestIsAnsweredAsModelled(t *testing.T) {
	s := serve(t)
	for _, service := range []*rest.Service{rest.Voice, rest.Pipelines} {
		for _, op := range service.Operations {
			if service == rest.Pipelines && op.Path == "/tags" {
				continue // the path is the voice service's
			}
			x := rand.New(rand.NewPCG(3, uint64(len(op.Name))))
			for range 5 {
				r := sample.Fitting(x, op, x.Float64())
				a := s.do(t, op.Method, r.Target(op), r.Text())
				kind := a.Header.Get("X-Amzn-ErrorType")
				if a.Status != op.Status && !slices.Contains(op.Errors, kind) || a.Status >= 500 {
					t.Errorf("%s: %d %s %s\n%s %s", op.Name, a.Status, kind, a.Body, r.Target(op), r.Text())
				}
			}
		}
	}
}
