package api_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"timbre/api/rest"
	"timbre/api/rest/sample"
)

// Every operation accepts any valid request, and answers it with its own success or one of the exceptions that it declares.
func TestValidRequestsGetModelledResponses(t *testing.T) {
	s := serve(t)
	for _, service := range []*rest.Service{rest.Voice, rest.Pipelines} {
		for _, op := range service.Operations {
			x := rand.New(rand.NewPCG(3, uint64(len(op.Name))))
			for range 20 {
				r := sample.Fitting(x, op, x.Float64())
				if service == rest.Pipelines && op.Path == "/tags" { // whose it is, the ARN says
					if arn := "arn:aws:chime:us-east-1:000000000000:media-pipeline/none"; r.Body == nil {
						r.Query.Set("arn", arn)
					} else {
						r.Body["ResourceARN"] = arn
					}
				}
				a := s.do(t, op.Method, r.Target(op), r.Text())
				kind := a.Header.Get("X-Amzn-ErrorType")
				if a.Status != op.Status && !slices.Contains(op.Errors, kind) || a.Status >= 500 {
					t.Errorf("%s: got %d %s %s\n%s %s", op.Name, a.Status, kind, a.Body, r.Target(op), r.Text())
				}
			}
		}
	}
}
