package test

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"

	"timbre"
	"timbre/environment"
	"timbre/sip/phone"
)

// A planned stop sends new calls elsewhere and lets the live one finish with its results.
func TestSIGTERMDrains(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*timeout)
	defer cancel()
	hook := newReceiver(t)
	p := serve(ctx, t, append(serverEnv(t.TempDir()), "TIMBRE_DRAIN_TIMEOUT=1m",
		"TIMBRE_NOTIFY_WEBHOOKS=test="+hook.URL+"#"+hookSecret, "TIMBRE_NOTIFY_STREAMING=EventBridge=test")...)
	h := setUp(ctx, t, p.At["api"], hookARN)
	c := placeCall(ctx, t, p.At["sip udp"], "s2_enrol")
	search, _ := h.analyse(ctx, t, c.TransactionID)

	must(t, p.Cmd.Process.Signal(syscall.SIGTERM))
	p.untilDraining(ctx, t)
	if answer := options(t, p.At["sip udp"]); !regexp.MustCompile(`(?s)^SIP/2.0 503 .*\nRetry-After: \d`).MatchString(answer) {
		t.Errorf("OPTIONS: got\n%s\nwant 503 with Retry-After", answer)
	}
	if _, err := phone.Dial(ctx, environment.Environment{}, phone.Config{Server: p.At["sip udp"], Caller: phone.Party{Audio: []byte{0xff}}}); err == nil || !strings.Contains(err.Error(), "503") {
		t.Errorf("new call: got %v, want 503", err)
	}
	if s := h.searchStatus(ctx, t, search); s != timbre.InProgress && s != timbre.InQueue {
		t.Errorf("search during the drain: got status %s, want it running", s)
	}

	must(t, c.Play(ctx))
	must(t, c.Hangup(ctx))
	if err := p.Cmd.Wait(); err != nil {
		t.Errorf("server: got %v, want an orderly end", err)
	}
	for status, want := range map[string]int{timbre.StreamingEnded: 2, timbre.StreamingFailed: 0} {
		if got := hook.all(of(c.TransactionID, status)); len(got) != want {
			t.Errorf("got %d events %s, want %d", len(got), status, want)
		}
	}
	for _, status := range []string{timbre.IdentificationNoMatches, timbre.VoiceprintGenerationSuccess} {
		if got := hook.all(of(search, status)); len(got) != 1 {
			t.Errorf("got %d events %s, want the result of the live call", len(got), status)
		}
	}
}

// What is live after drain.timeout, or at a second signal, is ended as at a stop.
func TestDrainEnds(t *testing.T) {
	for name, row := range map[string]struct {
		limit   string
		signals []syscall.Signal
	}{
		"by its timeout":      {"1s", []syscall.Signal{syscall.SIGTERM}},
		"by a second SIGTERM": {"1h", []syscall.Signal{syscall.SIGTERM, syscall.SIGTERM}},
		"by SIGINT":           {"1h", []syscall.Signal{syscall.SIGTERM, syscall.SIGINT}},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(context.Background(), timeout)
			defer cancel()
			p := serve(ctx, t, append(serverEnv(t.TempDir()), "TIMBRE_DRAIN_TIMEOUT="+row.limit, "TIMBRE_NOTIFY_WEBHOOKS=test="+newReceiver(t).URL+"#"+hookSecret)...)
			h := setUp(ctx, t, p.At["api"], hookARN)
			c := placeCall(ctx, t, p.At["sip udp"], "s2_enrol")
			h.analyse(ctx, t, c.TransactionID)
			for i, s := range row.signals {
				must(t, p.Cmd.Process.Signal(s))
				if i == 0 {
					p.untilDraining(ctx, t)
				}
			}
			if err := p.Cmd.Wait(); err != nil {
				t.Errorf("server: got %v, want an orderly end", err)
			}
			select {
			case <-c.Ended():
				must(t, c.Hangup(ctx))
			case <-ctx.Done():
				t.Error("got no BYE at the caller")
			}
		})
	}
}

// A start during the drain of the server before takes its place without a gap in the data.
func TestSecondStartWaitsForTheFirst(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	env := append(serverEnv(t.TempDir()), "TIMBRE_NOTIFY_WEBHOOKS=test="+newReceiver(t).URL+"#"+hookSecret)
	first := serve(ctx, t, env...)
	h := setUp(ctx, t, first.At["api"], hookARN)
	c := placeCall(ctx, t, first.At["sip udp"], "s2_enrol")
	must(t, first.Cmd.Process.Signal(syscall.SIGTERM))
	first.untilDraining(ctx, t)
	hungUp := make(chan error, 1)
	time.AfterFunc(time.Second, func() { hungUp <- c.Hangup(ctx) })
	second := serve(ctx, t, env...)
	must(t, <-hungUp)
	h.voice, _ = clients(second.At["api"])
	if _, err := h.voice.GetVoiceProfileDomain(ctx, &voice.GetVoiceProfileDomainInput{VoiceProfileDomainId: &h.domain}); err != nil {
		t.Errorf("got %v from the second server, want the domain of the first", err)
	}
	if err := first.Cmd.Wait(); err != nil {
		t.Errorf("first server: got %v, want an orderly end", err)
	}
}

// untilDraining waits until readiness says that no call should come.
func (p process) untilDraining(ctx context.Context, t *testing.T) {
	t.Helper()
	p.until(ctx, t, "the server drains", func() bool {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.At["admin"]+"/readyz", http.NoBody)
		must(t, err)
		answer, err := new(http.Client).Do(r)
		must(t, err)
		must(t, answer.Body.Close())
		return answer.StatusCode == http.StatusServiceUnavailable && answer.Header.Get("Retry-After") != ""
	})
}

// options asks a server whether it takes calls.
func options(t *testing.T, server string) string {
	t.Helper()
	c := newClient(t, strings.TrimPrefix(server, "udp://"))
	c.send(t, strings.Join([]string{
		"OPTIONS sip:" + c.RemoteAddr().String() + " SIP/2.0", "Via: SIP/2.0/UDP " + c.LocalAddr().String() + ";branch=z9hG4bKoptions",
		"From: <sip:sbc@example.com>;tag=1", "To: <sip:timbre@example.com>", "Call-ID: options", "CSeq: 1 OPTIONS",
		"Max-Forwards: 70", "Content-Length: 0", "", "",
	}, "\r\n"))
	return c.receive(t)
}
