package test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"timbre"
	"timbre/test/needs"
)

// cli is the AWS CLI for an endpoint.
type cli struct {
	t    *testing.T
	ctx  context.Context
	exe  string
	args []string
}

func newCLI(ctx context.Context, t *testing.T, endpoint string) cli {
	t.Helper()
	exe, err := filepath.Abs(filepath.Join("..", ".venv", "bin", "aws"))
	must(t, err)
	needs.Program(t, exe, "the AWS command line (make test installs it)")
	return cli{t, ctx, exe, []string{"--endpoint-url", "http://" + endpoint, "--region", "us-east-1", "--output", "json"}}
}

// run runs a command and returns its output, its error output, and whether it succeeded.
func (c cli) run(command string, args ...string) (out, stderr string, ok bool) {
	c.t.Helper()
	cmd := exec.CommandContext(c.ctx, c.exe, append(append(append([]string{}, c.args...), strings.Fields(command)...), args...)...)
	cmd.Env = append(os.Environ(), "AWS_ACCESS_KEY_ID="+keyID, "AWS_SECRET_ACCESS_KEY="+secret, "AWS_CONFIG_FILE=/dev/null")
	var stdout, errors bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &errors
	err := cmd.Run()
	return stdout.String(), errors.String(), err == nil
}

// get runs a command that must succeed, and returns the string at a path of its output.
func (c cli) get(path, command string, args ...string) string {
	c.t.Helper()
	out, stderr, ok := c.run(command, args...)
	if !ok {
		c.t.Fatalf("aws %s: %s", command, stderr)
	}
	if path == "" {
		return ""
	}
	var v any
	must(c.t, json.Unmarshal([]byte(out), &v))
	for name := range strings.SplitSeq(path, ".") {
		fields, _ := v.(map[string]any)
		v = fields[name]
	}
	text, _ := v.(string)
	if text == "" {
		c.t.Fatalf("aws %s: got %s, want %s in it", command, out, path)
	}
	return text
}

// The AWS CLI runs the steps of docs/tutorial.md: connector, analytics, domain, both tasks on a call, enrolment.
func TestAWSCLIFollowsTutorial(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 2*timeout)
	defer cancel()
	hook := newReceiver(t)
	n := start(t, settings(t, t.TempDir(), hook))
	aws := newCLI(ctx, t, n.API)

	connector := aws.get("VoiceConnector.VoiceConnectorId", "chime-sdk-voice create-voice-connector --name sbc --no-require-encryption")
	aws.get("", "chime-sdk-voice put-voice-connector-termination --voice-connector-id "+connector, "--termination", `{"CallingRegions":["US"],"CidrAllowedList":["127.0.0.0/8"]}`)
	configuration := aws.get("MediaInsightsPipelineConfiguration.MediaInsightsPipelineConfigurationArn",
		"chime-sdk-media-pipelines create-media-insights-pipeline-configuration --media-insights-pipeline-configuration-name analytics --resource-access-role-arn arn:aws:iam::000000000000:role/unused",
		"--elements", `[{"Type":"VoiceAnalyticsProcessor"},{"Type":"SqsQueueSink","SqsQueueSinkConfiguration":{"InsightsTarget":"`+hookARN+`"}}]`)
	aws.get("", "chime-sdk-voice put-voice-connector-streaming-configuration --voice-connector-id "+connector,
		"--streaming-configuration", `{"DataRetentionInHours":0,"Disabled":false,"MediaInsightsConfiguration":{"ConfigurationArn":"`+configuration+`"}}`)
	domain := aws.get("VoiceProfileDomain.VoiceProfileDomainId", "chime-sdk-voice create-voice-profile-domain --name callers --server-side-encryption-configuration KmsKeyArn=arn:aws:kms:us-east-1:000000000000:key/local")

	c := placeCall(ctx, t, n.SIP[0], "s1_enrol")
	call := " --voice-connector-id " + connector + " --transaction-id " + c.TransactionID
	tone := aws.get("VoiceToneAnalysisTask.VoiceToneAnalysisTaskId", "chime-sdk-voice start-voice-tone-analysis-task --language-code en-US"+call)
	search := aws.get("SpeakerSearchTask.SpeakerSearchTaskId", "chime-sdk-voice start-speaker-search-task --call-leg Caller --voice-profile-domain-id "+domain+call)
	must(t, c.Play(ctx))
	must(t, c.Hangup(ctx))
	hook.wait(ctx, t, "a voiceprint", of(search, timbre.VoiceprintGenerationSuccess))
	hook.wait(ctx, t, "a tone", of(tone, timbre.ToneCompleted))
	if status := aws.get("SpeakerSearchTask.SpeakerSearchTaskStatus", "chime-sdk-voice get-speaker-search-task --voice-connector-id "+connector+" --speaker-search-task-id "+search); status != "SUCCEEDED" {
		t.Errorf("got search status %s, want SUCCEEDED", status)
	}
	profile := aws.get("VoiceProfile.VoiceProfileId", "chime-sdk-voice create-voice-profile --speaker-search-task-id "+search)
	aws.get("", "chime-sdk-voice delete-voice-profile --voice-profile-id "+profile)
	if _, stderr, ok := aws.run("chime-sdk-voice get-voice-profile --voice-profile-id " + profile); ok || !strings.Contains(stderr, "(NotFoundException)") {
		t.Errorf("get of a deleted profile: got %q, want NotFoundException", stderr)
	}
}
