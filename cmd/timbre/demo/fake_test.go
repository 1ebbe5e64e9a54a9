package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"

	"timbre/notify/webhook"
)

// fake is a server that responds like Timbre, according to the scripts instead of the audio.
type fake struct {
	t           *testing.T
	misidentify bool            // the unknown caller is misidentified
	missing     map[string]bool // events that are never sent
	contradict  bool            // Get contradicts the webhook
	refuse      string          // the number whose second calls are refused

	hook     string
	secret   string
	mu       sync.Mutex
	events   int
	numbers  map[string]string // transaction → caller's number
	profiles map[string]string // caller's number → profile
	calls    map[string]string // Call-ID → transaction
	outbox   chan [2]string    // transaction and detail of events, in order
}

func (f *fake) start(_ context.Context, hook, secret string) (Server, error) {
	f.hook, f.secret, f.numbers, f.profiles, f.calls = hook, secret, map[string]string{}, map[string]string{}, map[string]string{}
	f.outbox = make(chan [2]string, 1000)
	quit, sent := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(sent)
		for {
			select {
			case e := <-f.outbox:
				f.post(e[0], e[1])
			case <-quit:
				return
			}
		}
	}()
	api := httptest.NewServer(f.api())
	port, stop := f.sip()
	return Server{
		API: api.URL, SIP: fmt.Sprintf("udp://127.0.0.1:%d", port), Console: "http://console/", AccessKeyID: "AKID", SecretAccessKey: "secret",
		Stop: func() error { stop(); api.Close(); close(quit); <-sent; return nil },
	}, nil
}

// announce sends events about a call, in order.
func (f *fake) announce(transaction string, details ...string) {
	for _, d := range details {
		f.outbox <- [2]string{transaction, d}
	}
}

func (f *fake) post(transaction, detail string) {
	for name := range f.missing {
		if strings.Contains(detail, name) {
			return
		}
	}
	f.mu.Lock()
	f.events++
	body := fmt.Sprintf(`{"id":"Id-%d","detail":{"transactionId":%q,%s}}`, f.events, transaction, detail)
	f.mu.Unlock()
	for range 2 { // delivery is at least once
		if status := send(f.t, f.hook, f.secret, body); status != http.StatusNoContent {
			f.t.Errorf("webhook: got status %d for %s, want 204", status, body)
		}
	}
}

// send sends a signed event and returns the response's status.
func send(t *testing.T, url, secret, body string) int {
	t.Helper()
	key, err := webhook.Key(secret)
	check(t, err)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	check(t, err)
	now := time.Now()
	req.Header.Set(webhook.HeaderID, "1")
	req.Header.Set(webhook.HeaderTimestamp, strconv.FormatInt(now.Unix(), 10))
	req.Header.Set(webhook.HeaderSignature, webhook.Signature(key, "1", now, []byte(body)))
	var client http.Client
	defer client.CloseIdleConnections()
	res, err := client.Do(req)
	if err != nil {
		t.Error(err)
		return 0
	}
	_ = res.Body.Close()
	return res.StatusCode
}

func (f *fake) api() http.Handler {
	mux := http.NewServeMux()
	reply := func(w http.ResponseWriter, status int, body string) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
	for pattern, body := range map[string]string{
		"POST /voice-connectors":                             `{"VoiceConnector":{"VoiceConnectorId":"abcdef1ghij2klmno3pqr4"}}`,
		"PUT /voice-connectors/{id}/termination":             `{}`,
		"PUT /voice-connectors/{id}/streaming-configuration": `{}`,
		"POST /voice-profile-domains":                        `{"VoiceProfileDomain":{"VoiceProfileDomainId":"vpd-1"}}`,
		"POST /media-insights-pipeline-configurations":       `{"MediaInsightsPipelineConfiguration":{"MediaInsightsPipelineConfigurationArn":"arn"}}`,
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, _ *http.Request) { reply(w, http.StatusCreated, body) })
	}
	mux.HandleFunc("POST /voice-connectors/{id}/speaker-search-tasks", func(w http.ResponseWriter, r *http.Request) {
		var in struct{ TransactionID string }
		_ = json.NewDecoder(r.Body).Decode(&in)
		reply(w, http.StatusCreated, fmt.Sprintf(`{"SpeakerSearchTask":{"SpeakerSearchTaskId":%q}}`, in.TransactionID))
		answer := `"detailStatus":"IdentificationNoMatchesFound"`
		if f.refused(in.TransactionID) {
			f.announce(in.TransactionID, `"detailStatus":"IdentificationFailure","statusMessage":"the reason"`)
			return
		}
		if p := f.match(in.TransactionID); p != "" {
			answer = fmt.Sprintf(`"detailStatus":"IdentificationSuccessful","speakerSearchDetails":{"results":[{"voiceProfileId":%q,"confidenceScore":0.987}]}`, p)
		}
		f.announce(in.TransactionID, answer, `"detailStatus":"VoiceprintGenerationSuccess"`)
	})
	mux.HandleFunc("POST /voice-connectors/{id}/voice-tone-analysis-tasks", func(w http.ResponseWriter, r *http.Request) {
		var in struct{ TransactionID string }
		_ = json.NewDecoder(r.Body).Decode(&in)
		reply(w, http.StatusCreated, `{"VoiceToneAnalysisTask":{"VoiceToneAnalysisTaskId":"tone"}}`)
		f.announce(in.TransactionID, `"detailStatus":"VoiceToneAnalysisFailure","isCaller":false`, tone(true, "VoiceToneAnalysisSuccessful"), tone(false, "VoiceToneAnalysisSuccessful"))
	})
	mux.HandleFunc("POST /voice-profiles", func(w http.ResponseWriter, r *http.Request) {
		var in struct{ SpeakerSearchTaskID string }
		_ = json.NewDecoder(r.Body).Decode(&in)
		f.mu.Lock()
		defer f.mu.Unlock()
		number := f.numbers[in.SpeakerSearchTaskID]
		f.profiles[number] = "vp-" + number
		reply(w, http.StatusCreated, fmt.Sprintf(`{"VoiceProfile":{"VoiceProfileId":"vp-%s"}}`, number))
	})
	mux.HandleFunc("GET /voice-connectors/{id}/speaker-search-tasks/{task}", func(w http.ResponseWriter, r *http.Request) {
		results := ""
		if p := f.match(r.PathValue("task")); p != "" && !f.contradict && !f.refused(r.PathValue("task")) {
			results = fmt.Sprintf(`{"VoiceProfileId":%q,"ConfidenceScore":0.987}`, p)
		}
		reply(w, http.StatusOK, `{"SpeakerSearchTask":{"SpeakerSearchTaskStatus":"SUCCEEDED","SpeakerSearchDetails":{"Results":[`+results+`]}}}`)
	})
	return mux
}

// match returns the profile for a call: none for a first call.
func (f *fake) match(transaction string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	number, second := f.numbers[transaction], strings.HasPrefix(transaction, "second-")
	if f.misidentify && number == secondCalls[2].number {
		number = firstCalls[0].number
	}
	if !second {
		return ""
	}
	return f.profiles[number]
}

func (f *fake) refused(transaction string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return strings.HasPrefix(transaction, "second-") && f.numbers[transaction] == f.refuse
}

func tone(caller bool, status string) string {
	const span = `{"startTime":"2026-01-02T03:04:15.720Z","endTime":"2026-01-02T03:04:45.720Z","voiceToneLabel":"negative","voiceToneScore":{"neutral":0.2,"positive":0.1,"negative":0.7}}`
	return fmt.Sprintf(`"detailStatus":%q,"isCaller":%t,"voiceToneAnalysisDetails":{"currentAverageVoiceTone":%s,"overallAverageVoiceTone":%s}`, status, caller, span, span)
}

// sip accepts every call and announces it.
func (f *fake) sip() (port int, stop func()) {
	quiet := slog.New(slog.DiscardHandler)
	ua, err := sipgo.NewUA(sipgo.WithUserAgentTransportLayerOptions(sip.WithTransportLayerLogger(quiet)))
	check(f.t, err)
	srv, err := sipgo.NewServer(ua, sipgo.WithServerLogger(quiet))
	check(f.t, err)
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	check(f.t, err)
	port = conn.LocalAddr().(*net.UDPAddr).Port
	media, err := net.ListenPacket("udp", "127.0.0.1:0") // discards the media
	check(f.t, err)
	srv.OnInvite(func(req *sip.Request, tx sip.ServerTransaction) {
		number := req.From().Address.User
		f.mu.Lock()
		transaction := "first-" + number
		if f.profiles[number] != "" || number == secondCalls[2].number {
			transaction = fmt.Sprintf("second-%s-%d", number, len(f.calls)) // a caller may call several times
		}
		f.numbers[transaction], f.calls[req.CallID().Value()] = number, transaction
		f.mu.Unlock()
		sdp := fmt.Sprintf("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"+
			"m=audio %[1]d RTP/AVP 0\r\na=label:1\r\nm=audio %[1]d RTP/AVP 0\r\na=label:2\r\n", media.LocalAddr().(*net.UDPAddr).Port)
		res := sip.NewSDPResponseFromRequest(req, []byte(sdp))
		res.To().Params.Add("tag", "t")
		res.AppendHeader(&sip.ContactHeader{Address: sip.Uri{Scheme: "sip", Host: "127.0.0.1", Port: port}})
		res.AppendHeader(sip.NewHeader("X-Timbre-Transaction-Id", transaction))
		check(f.t, tx.Respond(res))
		f.announce(transaction, `"detailStatus":"AnalyticsReady"`)
	})
	srv.OnAck(func(*sip.Request, sip.ServerTransaction) {})
	srv.OnBye(func(req *sip.Request, tx sip.ServerTransaction) {
		check(f.t, tx.Respond(sip.NewResponseFromRequest(req, sip.StatusOK, "OK", nil)))
		f.mu.Lock()
		transaction := f.calls[req.CallID().Value()]
		f.mu.Unlock()
		f.announce(transaction, tone(true, "VoiceToneAnalysisCompleted"), `"detailStatus":"VoiceToneAnalysisFailure","isCaller":false`)
	})
	done := make(chan struct{})
	go func() { defer close(done); _ = srv.ServeUDP(conn) }()
	return port, func() {
		_, _, _ = conn.Close(), media.Close(), ua.Close()
		<-done
	}
}

func check(t *testing.T, err error) {
	if err != nil {
		t.Error(err)
	}
}
