package softphone

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

const withoutReception = `[{"transactionId":"5f1c2f1e-0000-4000-8000-000000000001","connectorId":"abcdef1ghij2klmno3pqr4","callId":"x@y",
"from":"+12065550101","to":"+12065550199","started":"2026-11-25T10:00:00Z","legs":[{"side":"caller","label":"1"},{"side":"callee"}]}]`

const withReception = `[{"transactionId":"5f1c","connectorId":"abc","from":"1","to":"2","started":"2026-11-25T10:00:00Z","legs":[
{"side":"caller","received":{"codec":"OPUS","packets":95,"lost":5,"lossPercent":4.96,"mos":3.92}},{"side":"callee","received":{"packets":0}}]}]`

func admin(t *testing.T, status int, body string) string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/calls" {
			t.Errorf("got path %s, want /calls", r.URL.Path)
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func TestLiveCallsArePrintedAsATable(t *testing.T) {
	now := func() time.Time { return time.Date(2026, 11, 25, 10, 1, 5, 0, time.UTC) }
	for name, c := range map[string]struct {
		body string
		json bool
		want string
	}{
		"without reception": {withoutReception, false, `TRANSACTION                           CONNECTOR               FROM          TO            SINCE  LEGS
5f1c2f1e-0000-4000-8000-000000000001  abcdef1ghij2klmno3pqr4  +12065550101  +12065550199  1:05   caller, callee
`},
		"with reception": {withReception, false, `TRANSACTION  CONNECTOR  FROM  TO  SINCE  LEGS
5f1c         abc        1     2   1:05   caller (OPUS, 5.0 % lost, MOS 3.9), callee
`},
		"no calls": {"[]", false, "no live calls\n"},
		"JSON":     {withoutReception, true, withoutReception},
	} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			err := Live{Admin: admin(t, http.StatusOK, c.body), JSON: c.json, Now: now}.Do(t.Context(), &out)
			if err != nil || out.String() != c.want {
				t.Errorf("got error %v and\n%s\nwant\n%s", err, out.String(), c.want)
			}
		})
	}
}

func TestOtherServerIsAnError(t *testing.T) {
	for want, url := range map[string]string{
		"503":               admin(t, http.StatusServiceUnavailable, ""),
		"is not the admin":  admin(t, http.StatusOK, "hello"),
		"cannot reach":      "http://127.0.0.1:1",
		"--admin: parse \"": "http://a b",
	} {
		t.Run(want, func(t *testing.T) {
			var out strings.Builder
			if err := (Live{Admin: url}).Do(t.Context(), &out); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got error %v, want %q", err, want)
			}
		})
	}
}
