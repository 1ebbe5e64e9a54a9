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

// Recordings are analysed beside a running server, and find the voices that it has enrolled.
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
	if failed := (*exec.ExitError)(nil); !errors.As(err, &failed) || failed.ExitCode() != 1 || !strings.Contains(status, "1 of 3 files could not be analysed") {
		t.Errorf("%v: %s", err, status)
	}
	if len(report.Files) != 3 || report.Files[2].Error == "" || !strings.Contains(status, "times faster than real time") || report.Speed <= 0 {
		t.Fatalf("%+v: %s", report, status)
	}
	known, unknown := report.Files[0].Legs[0].Speaker.Matches, report.Files[1].Legs[0].Speaker.Matches
	if len(known) != 1 || known[0].ProfileID != *p.VoiceProfile.VoiceProfileId || known[0].Confidence < 0.9 {
		t.Errorf("the caller is %+v", known)
	}
	if len(unknown) != 0 {
		t.Errorf("got matches %+v for an unknown caller, want none", unknown)
	}
	t.Log(strings.TrimSpace(status))

	report, _, err = analyze(file("short_s2_caller"))
	if err != nil || report.Files[0].Legs[0].Speaker != nil || report.Files[0].Legs[0].NetSpeechSeconds < 3 {
		t.Errorf("without a domain: %+v, %v", report, err)
	}
	for want, args := range map[string][]string{
		"The voice profile domain nowhere does not exist": {"--domain", "nowhere", file("short_s2_caller")},
		"is not the data folder of a server":              {"--data", t.TempDir(), "--domain", h.domain, file("short_s2_caller")},
		"expected":                                        {},
	} {
		if report, status, err := analyze(args...); err == nil || len(report.Files) != 0 || !strings.Contains(status, want) {
			t.Errorf("%q: %v: %s", args, err, status)
		}
	}
}
