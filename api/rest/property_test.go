package rest_test

import (
	"math/rand/v2"
	"regexp"
	"testing"

	"timbre"
	"timbre/api/rest"
	"timbre/api/rest/sample"
)

func operations(yield func(*rest.Operation) bool) {
	for _, s := range []*rest.Service{rest.Voice, rest.Pipelines} {
		for _, op := range s.Operations {
			if !yield(op) {
				return
			}
		}
	}
}

// check validates a request against the input of an operation.
func check(op *rest.Operation, r *sample.Request) error {
	_, _, err := rest.Gather(op, r.Labels, r.Query, func() (map[string]any, error) { return rest.Parse([]byte(r.Text())) })
	return err
}

func TestValidRequestsAreAccepted(t *testing.T) {
	for op := range operations {
		x := rand.New(rand.NewPCG(1, uint64(len(op.Name))))
		for range 20 {
			for _, most := range []float64{0, 0.5, 1} {
				r := sample.Fitting(x, op, most)
				if err := check(op, &r); err != nil {
					t.Errorf("%s: got error %v, want none\n%s %s", op.Name, err, r.Target(op), r.Text())
				}
			}
		}
	}
}

var named = regexp.MustCompile(`alue (?:null )?at '([^']*)'`)

func TestEachViolationNamesItsMember(t *testing.T) {
	total, x := 0, rand.New(rand.NewPCG(1, 2))
	for op := range operations {
		r := sample.Fitting(x, op, 1)
		r.Broken(x, op, func(b sample.Broken) bool {
			total++
			err := check(op, &b.Request)
			if timbre.KindOf(err) != timbre.Invalid || err == nil {
				t.Errorf("%s: %s %s: got error %v, want Invalid", op.Name, b.At, b.Rule, err)
				return true
			}
			found := named.FindAllStringSubmatch(err.Error(), -1)
			if len(found) == 0 {
				t.Errorf("%s: %s %s: got error %v, want its position", op.Name, b.At, b.Rule, err)
			}
			for _, f := range found {
				if f[1] != b.At {
					t.Errorf("%s: %s %s: got position %s (%v), want that of the value", op.Name, b.At, b.Rule, f[1], err)
				}
			}
			return true
		})
	}
	if total < 1000 {
		t.Errorf("got %d violations", total)
	}
	t.Logf("%d rules broken", total)
}
