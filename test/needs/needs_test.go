package needs_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"timbre/test/needs"
)

// recorder is a test whose end is recorded.
type recorder struct {
	testing.TB
	failed, skipped string
}

func (r *recorder) Helper() {}

func (r *recorder) Fatalf(format string, args ...any) {
	r.failed = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

func (r *recorder) Skipf(format string, args ...any) {
	r.skipped = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

// ending is what becomes of a test that needs something.
func ending(t *testing.T, need func(testing.TB)) *recorder {
	r := &recorder{TB: t}
	done := make(chan struct{})
	go func() { defer close(done); need(r) }()
	<-done
	return r
}

func TestWhatIsMissingSkipsAndFailsInCI(t *testing.T) {
	lacking := func(t testing.TB) { needs.Program(t, "no-such-program", "the program (package of it)") }
	t.Setenv("CI", "")
	if r := ending(t, lacking); !strings.Contains(r.skipped, "the program (package of it)") || r.failed != "" {
		t.Errorf("got %+v, want a skipped test that names what is missing", r)
	}
	t.Setenv("CI", "true")
	if r := ending(t, lacking); !strings.Contains(r.failed, "the program (package of it)") || r.skipped != "" {
		t.Errorf("got %+v, want a failure that names what is missing", r)
	}
}

func TestWhatIsThereIsFound(t *testing.T) {
	t.Setenv("CI", "true")
	file := filepath.Join(t.TempDir(), "module.so")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, program := range []string{"go", file, filepath.Dir(file) + "/*.so"} {
		if r := ending(t, func(t testing.TB) { needs.Program(t, program, program) }); r.failed+r.skipped != "" {
			t.Errorf("got %+v, want %s found", r, program)
		}
	}
}
