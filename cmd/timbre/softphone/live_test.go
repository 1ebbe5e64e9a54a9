package softphone

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

const list = `[{"transactionId":"5f1c2f1e-0000-4000-8000-000000000001","connectorId":"abcdef1ghij2klmno3pqr4","callId":"x@y",
"from":"+12065550101","to":"+12065550199","started":"2026-11-25T10:00:00Z","legs":[{"side":"caller","label":"1"},{"side":"callee"}]}]`

const heard = `[{"transactionId":"5f1c","connectorId":"abc","from":"1","to":"2","started":"2026-11-25T10:00:00Z","legs":[
{"side":"caller","received":{"codec":"OPUS","packets":95,"lost":5,"lossPercent":4.96,"mos":3.92}},{"side":"callee","received":{"packets":0}}]}]`

func admin(t *testing.T, status int, body string) string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/calls" {
			t.Errorf("path %s", r.URL.Path)
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func TestLiveCallsAreATable(t *testing.T) {
	now := func() time.Time { return time.Date(2026, 11, 25, 10, 1, 5, 0, time.UTC) }
	for _, c := range []struct {
		body string
		json bool
		want string
	}{
		{list, false, `TRANSACTION                           CONNECTOR               FROM          TO            SINCE  LEGS
5f1c2f1e-0000-4000-8000-000000000001  abcdef1ghij2klmno3pqr4  +12065550101  +12065550199  1:05   caller, callee
`},
		{heard, false, `TRANSACTION  CONNECTOR  FROM  TO  SINCE  LEGS
5f1c         abc        1     2   1:05   caller (OPUS, 5.0 % lost, MOS 3.9), callee
`},
		{"[]", false, "no live calls\n"},
		{list, true, list},
	} {
		var out strings.Builder
		err := Live{Admin: admin(t, http.StatusOK, c.body), JSON: c.json, Now: now}.Do(t.Context(), &out)
		if err != nil || out.String() != c.want {
			t.Errorf("%v\n%s", err, out.String())
		}
	}
}

func TestOtherServersAreAnError(t *testing.T) {
	for want, url := range map[string]string{
		"503":               admin(t, http.StatusServiceUnavailable, ""),
		"is not the admin":  admin(t, http.StatusOK, "hello"),
		"cannot reach":      "http://127.0.0.1:1",
		"--admin: parse \"": "http://a b",
	} {
		var out strings.Builder
		if err := (Live{Admin: url}).Do(t.Context(), &out); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got error %v, want %q", err, want)
		}
	}
}
