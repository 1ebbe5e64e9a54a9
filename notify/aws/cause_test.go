package aws_test

import (
	"net/http"
	"net/http/httptest"
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

// answering starts a service that answers every request in one way, and returns its URL and the count of requests.
func answering(t *testing.T, answer http.HandlerFunc) (url string, requests *int) {
	t.Helper()
	requests = new(int)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*requests++
		answer(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL, requests
}

const accepted = `<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>`

func accept(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(accepted)) }

// wantCause checks that an error names the target and the cause, and not another.
func wantCause(t *testing.T, err error, kind notify.FailureKind, cause string) {
	t.Helper()
	switch {
	case err == nil:
		t.Errorf("got no error, want %q", cause)
		return
	case notify.FailureOf(err).Kind != kind || !strings.HasPrefix(err.Error(), "topic "+topic+": "+cause):
		t.Errorf("got %q of kind %d, want %q of kind %d", err, notify.FailureOf(err).Kind, cause, kind)
	case strings.Contains(err.Error(), awstest.Secret) || strings.Contains(err.Error(), awstest.Token) || strings.ContainsAny(err.Error(), "\r\n"):
		t.Errorf("got %q, want one line without a secret", err)
	}
}

func TestErrorsNameTheirCause(t *testing.T) {
	for _, c := range []struct {
		status int
		code   string
		kind   notify.FailureKind
		cause  string
	}{
		{403, "ExpiredToken", notify.ForNow, "the AWS credentials have expired (ExpiredToken)"},
		{403, "InvalidClientTokenId", notify.ForNow, "the AWS credentials are not accepted (InvalidClientTokenId)"},
		{403, "RequestTimeTooSkewed", notify.ForNow, "the clocks of AWS and of this server differ"},
		{403, "AuthorizationError", notify.ForNow, "access denied (AuthorizationError): "},
		{403, "SomethingNew", notify.ForNow, "access denied, status 403 (SomethingNew)"},
		{404, "NotFound", notify.Refused, "no such topic (NotFound): "},
		{400, "Throttling", notify.ForNow, "throttled (Throttling)"},
		{429, "Throttled", notify.ForNow, "throttled (Throttled)"},
		{400, "KMSAccessDenied", notify.ForNow, "the topic's encryption key cannot be used (KMSAccessDenied)"},
		{500, "InternalError", notify.ForNow, "the service has failed (InternalError)"},
		{503, "SomethingNew", notify.ForNow, "the service has failed, status 503 (SomethingNew)"},
		{413, "SomethingNew", notify.Refused, "too large, status 413"},
		{400, "InvalidParameter", notify.Refused, "refused, status 400 (InvalidParameter): "},
	} {
		t.Run(c.code, func(t *testing.T) {
			url, _ := answering(t, func(w http.ResponseWriter, _ *http.Request) {
				awstest.XML(w, c.status, c.code, "line one\nline two "+awstest.Token+strings.Repeat(" and so on", 100))
			})
			err := sns.New(awstest.Account(t, url), sns.Config{}).Send(t.Context(), notice())
			wantCause(t, err, c.kind, c.cause)
			if err != nil && len(err.Error()) > 500 {
				t.Errorf("got an error of %d bytes, want a short one", len(err.Error()))
			}
		})
	}
}

// A page of a proxy says nothing about the topic.
func TestAnswerOfAProxyIsNotThatOfTheService(t *testing.T) {
	for status, c := range map[int]struct {
		kind  notify.FailureKind
		cause string
	}{
		404: {notify.Refused, "refused, status 404"}, 407: {notify.Refused, "refused, status 407"},
		408: {notify.ForNow, "the service has failed, status 408"}, 502: {notify.ForNow, "the service has failed"},
	} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			url, _ := answering(t, func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "<html>not here", status) })
			wantCause(t, sns.New(awstest.Account(t, url), sns.Config{}).Send(t.Context(), notice()), c.kind, c.cause)
		})
	}
}

func TestSignatureOfAWrongClockIsNoWrongKey(t *testing.T) {
	for _, message := range []string{"Signature expired: 20260102T030405Z is now earlier than …", "Signature not yet current: 20260102T030405Z"} {
		t.Run(message, func(t *testing.T) {
			url, _ := answering(t, func(w http.ResponseWriter, _ *http.Request) { awstest.XML(w, 403, "SignatureDoesNotMatch", message) })
			wantCause(t, sns.New(awstest.Account(t, url), sns.Config{}).Send(t.Context(), notice()), notify.ForNow, "the clocks of AWS and of this server differ")
		})
	}
}

func TestServiceSaysHowLongToWait(t *testing.T) {
	url, _ := answering(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "7")
		awstest.XML(w, 429, "Throttling", "slow down")
	})
	err := sns.New(awstest.Account(t, url), sns.Config{}).Send(t.Context(), notice())
	if got := notify.FailureOf(err).After; got != 7*time.Second {
		t.Errorf("got a wait of %s, want 7s", got)
	}
}

func TestMissingCredentialsAreNoMissingTopicAndAreMendedWithoutARestart(t *testing.T) {
	url, requests := answering(t, accept)
	awstest.Settings(t, url)
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	now := time.Unix(1767323045, 0)
	s := sns.New(aws.New(environment.Environment{Region: "us-east-1", Now: func() time.Time { return now }}, aws.Config{}), sns.Config{})
	wantCause(t, s.Send(t.Context(), notice()), notify.ForNow, "no AWS credentials")
	if *requests > 0 {
		t.Errorf("got %d requests, want none", *requests)
	}
	t.Setenv("AWS_ACCESS_KEY_ID", "key")
	t.Setenv("AWS_SECRET_ACCESS_KEY", awstest.Secret)
	now = now.Add(time.Minute)
	wantCause(t, s.Send(t.Context(), notice()), notify.ForNow, "no AWS credentials") // lets the settings be read again
	if err := s.Send(t.Context(), notice()); err != nil {
		t.Error(err)
	}
}

func TestCredentialProcessIsNotQuoted(t *testing.T) {
	for command, want := range map[string]string{
		`printf {"Version":1,"SecretAccessKey":"` + awstest.Secret + `"`: "the credential process has failed",
		`sh -c 'echo ` + awstest.Secret + ` >&2; exit 3'`:                "the credential process has failed: exit status 3",
	} {
		t.Run(want, func(t *testing.T) {
			awstest.Settings(t, "http://127.0.0.1:1")
			t.Setenv("AWS_ACCESS_KEY_ID", "")
			t.Setenv("AWS_SECRET_ACCESS_KEY", "")
			shared := filepath.Join(t.TempDir(), "config")
			if err := os.WriteFile(shared, []byte("[default]\ncredential_process = "+command+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			t.Setenv("AWS_CONFIG_FILE", shared)
			err := sns.New(aws.New(environment.Environment{Region: "us-east-1"}, aws.Config{}), sns.Config{}).Send(t.Context(), notice())
			wantCause(t, err, notify.ForNow, "no AWS credentials: "+want)
		})
	}
}

func TestUnreadableSettingsAreNamed(t *testing.T) {
	awstest.Settings(t, "http://127.0.0.1:1")
	t.Setenv("AWS_PROFILE", "elsewhere")
	err := sns.New(aws.New(environment.Environment{Region: "us-east-1"}, aws.Config{}), sns.Config{}).Send(t.Context(), notice())
	wantCause(t, err, notify.ForNow, "the AWS settings cannot be read: ")
}

func TestUnreachableEndpointIsNamedWithoutItsPassword(t *testing.T) {
	err := sns.New(awstest.Account(t, "http://user:"+awstest.Secret+"@127.0.0.1:1"), sns.Config{}).Send(t.Context(), notice())
	wantCause(t, err, notify.ForNow, "the endpoint cannot be reached: ")
}
