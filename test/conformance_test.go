package test

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	pipelines "github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines"
	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"

	"timbre/config"
	"timbre/conformance"
)

// Every check of the conformance suite passes, run from the command line against a running server.
func TestServerConforms(t *testing.T) {
	exe, err := program()
	must(t, err)
	hook, folder := "judge=http://"+freePort(t)+"/events#a secret of the suite", t.TempDir()
	n := start(t, conformanceSettings(t, hook))
	report := filepath.Join(folder, "report.json")
	junit := filepath.Join(folder, "report.xml")
	cmd := exec.CommandContext(t.Context(), exe, "conformance", n.API, "--sip", n.SIP[0], "--speed", "20", "--webhook", hook, "--json", report, "--junit", junit)
	cmd.Env = append(surroundings(), "AWS_ACCESS_KEY_ID="+keyID, "AWS_SECRET_ACCESS_KEY="+secret)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	var got conformance.Report
	text, err := os.ReadFile(report)
	must(t, err)
	must(t, json.Unmarshal(text, &got))
	checkResults(t, got.Results)
	if len(got.Results) < 200 || got.Count(conformance.Passed) < 150 {
		t.Errorf("got %d checks, %d passed, want at least 200 and 150", len(got.Results), got.Count(conformance.Passed))
	}
	var suites struct {
		Tests int `xml:"tests,attr"`
	}
	text, err = os.ReadFile(junit)
	must(t, err)
	if err := xml.Unmarshal(text, &suites); err != nil || suites.Tests != len(got.Results) {
		t.Errorf("JUnit report: got %d tests and error %v, want %d", suites.Tests, err, len(got.Results))
	}
	voices, media := clients(n.API)
	connectors, err := voices.ListVoiceConnectors(t.Context(), &voice.ListVoiceConnectorsInput{})
	must(t, err)
	domains, err := voices.ListVoiceProfileDomains(t.Context(), &voice.ListVoiceProfileDomainsInput{})
	must(t, err)
	configurations, err := media.ListMediaInsightsPipelineConfigurations(t.Context(), &pipelines.ListMediaInsightsPipelineConfigurationsInput{})
	must(t, err)
	if n := len(connectors.VoiceConnectors) + len(domains.VoiceProfileDomains) + len(configurations.MediaInsightsPipelineConfigurations); n > 0 {
		t.Errorf("got %d resources after the suite, want 0", n)
	}
}

// conformanceSettings are the settings of a node that sends all events to the suite's webhook.
func conformanceSettings(t *testing.T, hook string) config.Settings {
	t.Helper()
	s := settings(t, t.TempDir(), newReceiver(t))
	var w config.Webhook
	must(t, w.UnmarshalText([]byte(hook)))
	s.Notify.Webhooks = []config.Webhook{w}
	s.Notify.Streaming = map[string]string{"EventBridge": w.Name}
	return s
}

// The conformance command fails if a check fails.
func TestConformanceFailsWithItsChecks(t *testing.T) {
	exe, err := program()
	must(t, err)
	n := start(t, settings(t, t.TempDir(), newReceiver(t)))
	out, err := exec.CommandContext(t.Context(), exe, "conformance", n.API, "--only", "wire", "--access-key-id", keyID, "--secret-access-key", "wrong").Output()
	if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.ExitCode() == 0 || !strings.Contains(string(out), "InvalidSignatureException") {
		t.Errorf("wrong secret: got error %v and output\n%s\nwant an exit status and InvalidSignatureException", err, out)
	}
	if _, err = exec.CommandContext(t.Context(), exe, "conformance", n.API, "--only", "weather").Output(); err == nil {
		t.Error("unknown area: got no error")
	}
	if _, err = exec.CommandContext(context.WithoutCancel(t.Context()), exe, "conformance", freePort(t), "--access-key-id", keyID, "--secret-access-key", secret).Output(); err == nil {
		t.Error("no server: got no error")
	}
}
