package console

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
)

// policy is that of the server.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

const (
	key, secret = "TMBREXAMPLE", "a secret"
	connector   = "abcdef1ghij2klmno3pqr4"
	transaction = "4a1f6d0e-0000-4000-8000-000000000001"
	domain      = "vpd-1"
	target      = "arn:timbre:webhook:us-east-1:000000000000:crm"
	began       = "2026-11-25T10:00:00Z"
)

const aCall = `{"transactionId":"` + transaction + `","connectorId":"` + connector + `","callId":"a84b4c76e66710@pbx","from":"+*********00","to":"+*********99",
	"started":"` + began + `","legs":[
	{"side":"caller","label":"1","party":"sip:+*********00@example.com","received":{"codec":"PCMU","packets":948,"lost":52,"lossPercent":5.2,"late":0,"duplicates":0,"dropped":0,"senderReports":2,"jitterMs":3.46,"mos":3.91}},
	{"side":"callee","label":"2","party":"sip:agent@example.com","received":{"codec":"PCMU","packets":1000,"lost":0,"lossPercent":0,"late":0,"duplicates":0,"dropped":0,"senderReports":2,"jitterMs":1.2,"mos":4.41}}],
	"warnings":["m-line 1: the metadata names no participant"]}`

const aSearch = `{"id":"task-1","kind":"speakerSearch","status":"PARTIAL_SUCCESS","active":true,"domainId":"` + domain + `","side":"caller","identified":true,
	"matches":[{"profileId":"vp-1","confidence":0.987}],"runnerUp":0.021,"created":"2026-11-25T10:00:01Z"}`

// answers are what the stub says, by pattern of the request. The server's own tests hold it to the same contract.
var answers = map[string]string{
	"GET /console/calls/" + transaction: `{"call":` + aCall + `,"live":true,"tasks":[],"events":[]}`,
	"GET /console/calls/ended-1":        `{"call":` + aCall + `,"live":false,"ended":"2026-11-25T10:01:01Z","lastedMs":61000,"failure":"no audio for 60 s","tasks":[` + aSearch + `],"events":[` + anEvent("e-1") + `]}`,
	"GET /console/calls":                `{"calls":[{"call":` + aCall + `,"ended":"2026-11-25T10:01:01Z","lastedMs":61000}],"next":"c-2","before":"2026-11-25T10:01:01Z"}`,
	"GET /console/calls/" + transaction + "/sip": `{"logged":true,"messages":[
		{"time":"` + began + `","from":"peer","start":"INVITE sip:x SIP/2.0","cseq":"1 INVITE","text":"INVITE sip:x SIP/2.0\r\n"},
		{"time":"` + began + `","from":"server","start":"SIP/2.0 200 OK","cseq":"1 INVITE","text":"SIP/2.0 200 OK\r\n"}]}`,
	"GET /console/api/voice-profile-domains":           `{"VoiceProfileDomains":[{"VoiceProfileDomainId":"` + domain + `","Name":"callers"}]}`,
	"GET /console/api/voice-profile-domains/" + domain: `{"VoiceProfileDomain":{"VoiceProfileDomainId":"` + domain + `","Name":"callers"}}`,
	"GET /console/api/voice-profiles":                  `{"VoiceProfiles":[{"VoiceProfileId":"vp-1","CreatedTimestamp":"` + began + `","ExpirationTimestamp":"2029-11-25T10:00:00Z"},{"VoiceProfileId":"vp-2"}]}`,
	"GET /console/domains/" + domain + "/matches":      `{"vp-1":{"time":"` + began + `","transactionId":"` + transaction + `","confidence":0.987}}`,
	"GET /console/api/voice-connectors":                `{"VoiceConnectors":[{"VoiceConnectorId":"` + connector + `","Name":"sbc"}]}`,
	"GET /console/server":                              `{"version":"1.0.0","commit":"abc","account":"000000000000","region":"us-east-1","api":"http://127.0.0.1:8080","sip":["udp://127.0.0.1:5060"],"load":0.12,"limits":[{"of":"tasks","used":3,"limit":1000},{"of":"outbox","used":1048576,"limit":0,"bytes":true}],"models":[{"id":"speaker@1","kind":"speaker","inUse":true,"builtIn":true,"licence":"Apache-2.0","dimension":256,"card":"# A card\n\n| lines | error rate |\n| --- | --- |\n| good | 1 % |"}]}`,
	"GET /console/keys":                                `{"keys":[{"id":"` + key + `","user":"default","lastUsed":"` + began + `"},{"id":"TMBROTHER","user":"reader","sources":["10.0.0.0/8"],"actions":[{"action":"chime:Get*","resource":"*"}]}],"since":"` + began + `"}`,
	"POST /outbox/targets":                             `[{"Target":"` + target + `","Waiting":12,"Dead":1,"Bytes":14000,"Oldest":"` + began + `","Delivery":"backing off","Failures":4,"Next":"` + began + `","Error":"connection refused"}]`,
	"POST /outbox/list":                                `[{"Seq":7,"Created":"` + began + `","Key":"task-1","Target":"` + target + `","Tries":3,"Dead":true,"Death":{"Error":"410 Gone"}}]`,
	"POST /outbox/retry":                               `1`,
}

func anEvent(id string) string {
	return fmt.Sprintf(`{"id":%q,"type":"VoiceToneAnalysisStatus","status":"VoiceToneAnalysisSuccessful","time":"2026-11-25T10:00:30Z","task":"task-2","leg":0,
		"current":{"start":%q,"end":"2026-11-25T10:00:30Z","positive":0.2,"neutral":0.7,"negative":0.1}}`, id, began)
}

// send writes server-sent events until it returns.
type send func(stream func(event, data string))

// stub serves the page as the server does, to whoever signs in with the key. The calls' streams are what a test sends.
func stub(t *testing.T, live, call send) string {
	t.Helper()
	return newSite(t, live, call, nil).url
}

// site is a stub whose requests a test counts.
type site struct {
	url     string
	streams atomic.Int64 // open
	mu      sync.Mutex
	asked   map[string]int // requests, by method and path
}

// count returns how often the page has sent a request.
func (s *site) count(request string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked[request]
}

// newSite serves some answers in place of those of the stub, or besides, by pattern of the request.
func newSite(t *testing.T, live, call send, instead map[string]http.HandlerFunc) *site {
	t.Helper()
	s := &site{asked: map[string]int{}}
	mux := http.NewServeMux()
	dist := filepath.Join("..", "..", "console", "dist")
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		http.ServeFile(w, r, filepath.Join(dist, "index.html"))
	})
	mux.Handle("GET /assets/", http.StripPrefix("/assets/", http.FileServer(http.Dir(dist))))
	for pattern, answer := range answers {
		if instead[pattern] == nil {
			mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
				text := answer
				if r.URL.Query().Has("after") { // nothing stands behind the first page of a list
					text = `{"calls":[]}`
				}
				_, _ = w.Write([]byte(text))
			})
		}
	}
	for pattern, answer := range instead {
		mux.HandleFunc(pattern, answer)
	}
	for pattern, events := range map[string]send{"GET /console/live": live, "GET /console/calls/" + transaction + "/live": call} {
		if instead[pattern] == nil {
			mux.HandleFunc(pattern, s.stream(events))
		}
	}
	session(mux)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked[r.Method+" "+r.URL.Path]++
		s.mu.Unlock()
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	s.url = server.URL + "/"
	return s
}

// session knows one key, and an issuer that gives nobody another.
func session(mux *http.ServeMux) {
	var signedIn bool
	rights, _ := json.Marshal([]string{
		"timbre:ListCalls", "timbre:GetNumbers", "timbre:ManageOutbox", "timbre:ListKeys", "timbre:GetServer", "timbre:PlayRecording",
		"chime:ListVoiceProfileDomains", "chime:CreateVoiceProfileDomain", "chime:DeleteVoiceProfileDomain", "chime:CreateVoiceProfile",
		"chime:DeleteVoiceProfile", "chime:StartSpeakerSearchTask", "chime:StopSpeakerSearchTask", "chime:StartVoiceToneAnalysisTask",
		"chime:ListVoiceConnectors", "chime:CreateVoiceConnector",
	})
	who := fmt.Sprintf(`{"oidc":true,"user":"default","keyId":%q,"expires":"2026-11-25T22:00:00Z","idleMs":900000,"rights":%s}`, key, rights)
	mux.HandleFunc("GET /console/session", func(w http.ResponseWriter, _ *http.Request) {
		if !signedIn {
			_, _ = w.Write([]byte(`{"signedIn":false,"oidc":true}`))
			return
		}
		_, _ = w.Write([]byte(who))
	})
	mux.HandleFunc("POST /console/session", func(w http.ResponseWriter, r *http.Request) {
		var given struct{ KeyID, Secret string }
		if json.NewDecoder(r.Body).Decode(&given) != nil || given.KeyID != key || given.Secret != secret {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = w.Write([]byte(`{"message":"the access key or its secret is wrong"}`))
			return
		}
		signedIn = true
		_, _ = w.Write([]byte(who))
	})
	mux.HandleFunc("GET /console/oidc", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/?oidc=refused", http.StatusSeeOther)
	})
	mux.HandleFunc("DELETE /console/session", func(w http.ResponseWriter, _ *http.Request) {
		signedIn = false
		w.WriteHeader(http.StatusNoContent)
	})
}

// stream serves server-sent events, and then keeps the connection until the page leaves.
func (s *site) stream(events send) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.streams.Add(1)
		defer s.streams.Add(-1)
		w.Header().Set("Content-Type", "text/event-stream")
		to := http.NewResponseController(w)
		events(func(event, data string) {
			_, _ = fmt.Fprintf(w, "event: %s\ndata: %s\n\n", event, compact(data))
			_ = to.Flush()
		})
		<-r.Context().Done()
	}
}

// compact is JSON in one line.
func compact(text string) string {
	out, _ := json.Marshal(json.RawMessage(text))
	return string(out)
}

// oneCall is the stream of the live calls with one of them.
func oneCall(stream func(event, data string)) {
	stream("calls", `{"total":1,"calls":[`+aCall+`]}`)
	stream("levels", `{"`+transaction+`":[-20,-90]}`)
}

// itsStream is what the call has sent so far.
func itsStream(stream func(event, data string)) {
	stream("call", `{"call":`+aCall+`,"live":true}`)
	stream("task", aSearch)
	stream("levels", `{"legs":[{"leg":0,"fromMs":0,"peak":[-20,-18,-30],"rms":[-30,-28,-40]},{"leg":1,"fromMs":0,"peak":[-90],"rms":[-90]}]}`)
	stream("speech", `{"task":"task-1","kind":"speakerSearch","leg":0,"netMs":12300,"voiced":[[0,200]]}`)
	stream("event", anEvent("e-1"))
}
