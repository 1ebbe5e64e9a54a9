package sigv4_test

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"timbre"
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
		"with an unsigned id added to none": {"POST", list, [2]string{"", "two"}, 0, "used already"},
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

// What a client may have sent, of the requests that are alike but for an unsigned id, is bounded in number and place.
func TestRequestsWithOneSignatureAreFewAndOfOneHost(t *testing.T) {
	v := sigv4.New(environment.Environment{Now: func() time.Time { return now }}, known)
	signed := request("POST", "/voice-connectors", "")
	sign(t, signed, me, hash(""))
	taken := func(id, from string) bool {
		r := signed.Clone(t.Context())
		r.RemoteAddr = from
		r.Header.Set("Amz-Sdk-Invocation-Id", id)
		_, err := v.Check(r, func() ([]byte, error) { return nil, nil })
		return err == nil
	}
	if !taken("first", "192.0.2.1:1000") {
		t.Error("got the first refused")
	}
	if taken("elsewhere", "192.0.2.2:1000") {
		t.Error("got one of another host taken")
	}
	n := 1
	for i := range 100 {
		if taken(strconv.Itoa(i), "192.0.2.1:2000") {
			n++
		}
	}
	if n != 8 {
		t.Errorf("got %d taken, want 8", n)
	}
}

func TestChangingRequestFromBeforeTheStartIsRefused(t *testing.T) {
	for method, want := range map[string]bool{http.MethodGet: true, http.MethodPut: false} {
		r := request(method, "/voice-connectors/abc/termination", "")
		sign(t, r, me, hash(""), at(now.Add(-time.Second)))
		_, err := sigv4.New(environment.Environment{Now: func() time.Time { return now }}, known).Check(r, func() ([]byte, error) { return nil, nil })
		if e := (*timbre.SignatureFault)(nil); (err == nil) != want || err != nil && (!errors.As(err, &e) || e.Type != "RequestExpired") {
			t.Errorf("%s: got %v, want taken: %t", method, err, want)
		}
	}
}
