package sigv4_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"timbre/api/sigv4"
	"timbre/environment"
)

func TestChangingRequestIsTakenOnce(t *testing.T) {
	const list, change = "/voice-connectors", "/voice-connectors/abc/termination"
	for name, c := range map[string]struct {
		method, target string
		ids            [2]string     // unsigned, of the two
		later          time.Duration // of the second
		want           string
	}{
		"a reading request":                 {"GET", list, [2]string{}, 0, ""},
		"a changing request":                {"PUT", change, [2]string{}, 0, "used already"},
		"at the end of its time":            {"DELETE", change, [2]string{}, sigv4.Skew, "used already"},
		"another of the same second":        {"POST", list, [2]string{"one", "two"}, time.Second, ""},
		"the same of the same second":       {"POST", list, [2]string{"one", "one"}, time.Second, "used already"},
		"with another unsigned id, later":   {"POST", list, [2]string{"one", "two"}, 3 * time.Second, "used already"},
		"with its unsigned id taken away":   {"POST", list, [2]string{"one", ""}, time.Second, "used already"},
		"with an unsigned id added to none": {"POST", list, [2]string{"", "two"}, 3 * time.Second, "used already"},
	} {
		t.Run(name, func(t *testing.T) {
			clock := now
			v := sigv4.New(environment.Environment{Now: func() time.Time { return clock }}, known)
			signed := request(c.method, c.target, "")
			sign(t, signed, me, hash(""))
			for i, want := range []string{"", c.want} {
				r := signed.Clone(t.Context())
				if c.ids[i] != "" {
					r.Header.Set("Amz-Sdk-Invocation-Id", c.ids[i])
				}
				_, err := v.Check(r, func() ([]byte, error) { return nil, nil })
				if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
					t.Errorf("time %d: got %v, want %q", i+1, err, want)
				}
				clock = clock.Add(c.later)
			}
		})
	}
}

func TestChangingRequestFromBeforeTheStartIsRefused(t *testing.T) {
	for method, want := range map[string]bool{http.MethodGet: true, http.MethodPut: false} {
		r := request(method, "/voice-connectors/abc/termination", "")
		sign(t, r, me, hash(""), at(now.Add(-time.Second)))
		_, err := sigv4.New(environment.Environment{Now: func() time.Time { return now }}, known).Check(r, func() ([]byte, error) { return nil, nil })
		if e := (*sigv4.Error)(nil); (err == nil) != want || err != nil && (!errors.As(err, &e) || e.Type != "RequestExpired") {
			t.Errorf("%s: got %v, want taken: %t", method, err, want)
		}
	}
}
