package aws_test

import (
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"timbre/environment"
	"timbre/notify"
	"timbre/notify/aws"
	"timbre/notify/aws/awstest"
	"timbre/notify/sns"
)

func TestSDKLogsToOurLog(t *testing.T) {
	url, _ := answering(t, accept)
	awstest.Settings(t, url)
	shared := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(shared, []byte("[other]\nregion = eu-west-1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_CONFIG_FILE", shared)
	var log strings.Builder
	env := environment.Environment{Region: "us-east-1", Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	if err := sns.New(aws.New(env, aws.Config{}), sns.Config{}).Send(t.Context(), notice()); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "the AWS SDK reports") {
		t.Errorf("got log %q, want what the SDK reports of the file", log.String())
	}
}

// Without credentials, the SDK asks the metadata service of the machine with each attempt, and warns each time that it is an old one.
func TestWarningOfTheSDKIsLoggedOnce(t *testing.T) {
	metadata, requests := answering(t, func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusForbidden) })
	awstest.Settings(t, "")
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_EC2_METADATA_DISABLED": "", "AWS_EC2_METADATA_SERVICE_ENDPOINT": metadata,
	} {
		t.Setenv(name, value)
	}
	var log strings.Builder
	now := time.Unix(1767323045, 0)
	env := environment.Environment{Region: "us-east-1", Log: slog.New(slog.NewTextHandler(&log, nil)), Now: func() time.Time { return now }}
	s := sns.New(aws.New(env, aws.Config{}), sns.Config{})
	for range 4 {
		wantCause(t, s.Send(t.Context(), notice()), notify.ForNow, "no AWS credentials")
		now = now.Add(time.Minute) // the settings are read again, by a new client of the metadata service
	}
	if lines := strings.Count(log.String(), "the AWS SDK reports"); lines != 1 || *requests < 4 {
		t.Errorf("got %d lines after %d requests, want one:\n%s", lines, *requests, log.String())
	}
}
