package timbre

import "testing"

func TestContradicts(t *testing.T) {
	c := Call{Legs: []Leg{{Party: "sip:ann@example.com"}, {Party: "tel:+12065550100"}}}
	for cname, want := range map[string]bool{
		"": false, "ann@192.0.2.1": false, "ANN": false, "sip:ann@192.0.2.1": false,
		"+12065550100@192.0.2.1": true, "+12065550100": true, "f3Kx0a9": false, "bob@192.0.2.1": false,
	} {
		if got := c.Contradicts(0, cname); got != want {
			t.Errorf("%q: got %v, want %v", cname, got, want)
		}
	}
	if !c.Contradicts(1, "ann@192.0.2.1") {
		t.Error("got no contradiction of the second leg")
	}
}
