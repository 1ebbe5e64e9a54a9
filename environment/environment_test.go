package environment_test

import (
	"testing"
	"time"

	"timbre/environment"
)

func TestCompleteFillsWhatIsMissing(t *testing.T) {
	e := environment.Environment{}.Complete()
	if e.Now == nil || e.Log == nil || e.NewID == nil || e.Random == nil {
		t.Fatalf("got %+v, want a default for each nil function and the log", e)
	}
	if a, b := e.NewID(), e.NewID(); a == b || len(a) != 36 {
		t.Errorf("got ids %q and %q, want two different UUIDs", a, b)
	}
}

func TestCompleteKeepsWhatIsGiven(t *testing.T) {
	at := time.Unix(1000, 0)
	e := environment.Environment{
		Now: func() time.Time { return at }, NewID: func() string { return "id" },
		Random: func() float64 { return 0.5 }, Region: "eu-west-1", Account: "111122223333",
	}.Complete()
	if got := e.Now(); !got.Equal(at) {
		t.Errorf("got clock %v, want %v", got, at)
	}
	if got := e.NewID(); got != "id" {
		t.Errorf("got id %q, want %q", got, "id")
	}
	if got := e.Random(); got != 0.5 {
		t.Errorf("got random %v, want 0.5", got)
	}
	if e.Region != "eu-west-1" || e.Account != "111122223333" {
		t.Errorf("got region %q and account %q, want eu-west-1 and 111122223333", e.Region, e.Account)
	}
}
