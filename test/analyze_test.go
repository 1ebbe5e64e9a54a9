package test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"

	"timbre"
)

// The analyze command identifies speakers enrolled on a running server from recordings.
func TestAnalyzeFindsEnrolledSpeaker(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	folder, hook := t.TempDir(), newReceiver(t)
	n := start(t, settings(t, folder, hook))
	h := setUp(ctx, t, n.API, hookARN)
	call := placeCall(ctx, t, n.SIP[0], "s1_enrol")
	search, _ := h.analyse(ctx, t, call.TransactionID)
	must(t, call.Play(ctx))
	must(t, call.Hangup(ctx))
	hook.wait(ctx, t, "a voiceprint", of(search, timbre.VoiceprintGenerationSuccess))
	p, err := h.voice.CreateVoiceProfile(ctx, &voice.CreateVoiceProfileInput{SpeakerSearchTaskId: &search})
	must(t, err)

	exe, err := program()
	must(t, err)
	analyze := func(args ...string) (report struct {
		Speed float64
		Files []struct {
			Error string
			Legs  []struct {
				NetSpeechSeconds float64
				Speaker          *struct {
					Matches []struct {
						ProfileID  string
						Confidence float64
					}
				}
			}
		}
	}, status string, err error,
	) {
		t.Helper()
		cmd := exec.CommandContext(ctx, exe, append([]string{"analyze", "--json", "--data", folder}, args...)...)
		var out, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &stderr
		err = cmd.Run()
		if out.Len() > 0 {
			must(t, json.Unmarshal(out.Bytes(), &report))
		}
		return report, stderr.String(), err
	}
	file := func(name string) string {
		return filepath.Join("..", "cmd", "timbre", "demo", "calls", name+".wav")
	}

	report, status, err := analyze("--domain", h.domain, file("s1_second_caller"), file("s5_second_caller"), file("nobody"))
	if failed := (*exec.ExitError)(nil); !errors.As(err, &failed) || failed.ExitCode() != 1 {
		t.Errorf("got error %v, want exit status 1", err)
	}
	for _, want := range []string{"1 of 3 files could not be analysed", "times faster than real time"} {
		if !strings.Contains(status, want) {
			t.Errorf("got output %q, want %q in it", status, want)
		}
	}
	if len(report.Files) != 3 || report.Files[2].Error == "" {
		t.Fatalf("got files %+v, want three, the last with an error", report.Files)
	}
	if report.Speed <= 0 {
		t.Errorf("got speed %v, want more than 0", report.Speed)
	}
	known, unknown := report.Files[0].Legs[0].Speaker.Matches, report.Files[1].Legs[0].Speaker.Matches
	if len(known) != 1 || known[0].ProfileID != *p.VoiceProfile.VoiceProfileId || known[0].Confidence < 0.9 {
		t.Errorf("got matches %+v, want one of %s with a confidence of at least 0.9", known, *p.VoiceProfile.VoiceProfileId)
	}
	if len(unknown) != 0 {
		t.Errorf("got matches %+v for an unknown caller, want none", unknown)
	}
	t.Log(strings.TrimSpace(status))

	report, _, err = analyze(file("short_s2_caller"))
	must(t, err)
	if l := report.Files[0].Legs[0]; l.Speaker != nil || l.NetSpeechSeconds < 3 {
		t.Errorf("without a domain: got leg %+v, want no speaker and at least 3 s of speech", l)
	}
	for want, args := range map[string][]string{
		"The voice profile domain nowhere does not exist": {"--domain", "nowhere", file("short_s2_caller")},
		"is not the data folder of a server":              {"--data", t.TempDir(), "--domain", h.domain, file("short_s2_caller")},
		"expected":                                        {},
	} {
		t.Run(want, func(t *testing.T) {
			if report, status, err := analyze(args...); err == nil || len(report.Files) != 0 || !strings.Contains(status, want) {
				t.Errorf("got files %+v, error %v and output %q, want an error with %q", report.Files, err, status, want)
			}
		})
	}
}
