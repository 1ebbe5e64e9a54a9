package trunk

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"timbre"
)

func hosts(routes []timbre.Route) string {
	var all []string
	for _, r := range routes {
		all = append(all, r.Host)
	}
	return strings.Join(all, " ")
}

func TestRoutesAreSortedByPriorityAndWeight(t *testing.T) {
	routes := []timbre.Route{{Host: "unsaid"}, {Host: "b", Priority: 2, Weight: 100}, {Host: "a1", Priority: 1, Weight: 1}, {Host: "a9", Priority: 1, Weight: 9}}
	for chance, want := range map[float64]string{0: "a1 a9 b unsaid", 0.099: "a1 a9 b unsaid", 0.1: "a9 a1 b unsaid", 0.999: "a9 a1 b unsaid"} {
		if got := hosts(sortRoutes(routes, func() float64 { return chance })); got != want {
			t.Errorf("random %v: got %s, want %s", chance, got, want)
		}
	}
	if hosts(routes) != "unsaid b a1 a9" {
		t.Errorf("got %s, want the connector's list unchanged", hosts(routes))
	}
}

func TestRoutesShareCallsByWeight(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	routes := []timbre.Route{{Host: "half", Priority: 1, Weight: 50}, {Host: "third", Priority: 1, Weight: 33}, {Host: "rest", Priority: 1, Weight: 17}}
	first := map[string]int{}
	const n = 10000
	for range n {
		tried := sortRoutes(routes, r.Float64)
		first[tried[0].Host]++
		names := strings.Fields(hosts(tried))
		if slices.Sort(names); strings.Join(names, " ") != "half rest third" {
			t.Fatalf("got %v, want each route once", names)
		}
	}
	for host, share := range map[string]float64{"half": 0.50, "third": 0.33, "rest": 0.17} {
		if got := float64(first[host]) / n; got < share-0.03 || got > share+0.03 {
			t.Errorf("%s: got first in %.3f of all calls, want %.2f", host, got, share)
		}
	}
}
