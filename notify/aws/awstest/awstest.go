// Package awstest is what the tests of the AWS sinks have in common: settings without a trace of the machine's own, and the errors
// of AWS in the two forms that its services write them in.
package awstest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"timbre/environment"
	"timbre/notify/aws"
	"timbre/notify/notifytest"
)

// Secret is the secret of the access key, Token that of the session.
const (
	Secret = "topsecret"
	Token  = "sessiontoken"
)

// Settings makes AWS settings that hold credentials and the endpoint of all services. An empty endpoint is that of AWS.
func Settings(t testing.TB, endpoint string) {
	t.Helper()
	for name, value := range map[string]string{ //nolint:gosec // credentials of no account
		"AWS_ENDPOINT_URL": endpoint, "AWS_REGION": "", "AWS_DEFAULT_REGION": "", "AWS_PROFILE": "", "AWS_CA_BUNDLE": "",
		"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": Secret, "AWS_SESSION_TOKEN": Token,
		"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_EC2_METADATA_DISABLED": "true",
		"HTTP_PROXY": "", "HTTPS_PROXY": "", "AWS_ROLE_ARN": "", "AWS_WEB_IDENTITY_TOKEN_FILE": "", "AWS_CONTAINER_CREDENTIALS_FULL_URI": "",
	} {
		t.Setenv(name, value)
	}
	for _, service := range []string{"SQS", "SNS", "KINESIS", "LAMBDA", "EVENTBRIDGE", "STS"} {
		t.Setenv("AWS_ENDPOINT_URL_"+service, "")
	}
}

// Account returns an Account in region us-east-1 with Settings.
func Account(t testing.TB, endpoint string) *aws.Account {
	t.Helper()
	Settings(t, endpoint)
	return aws.New(environment.Environment{Region: "us-east-1"}, aws.Config{})
}

// Refusal is how AWS words a fault. Its message repeats what it was sent, as that of SignatureDoesNotMatch does.
func Refusal(f notifytest.Fault) (status int, code, message string) {
	switch f {
	case notifytest.RefusedForNow:
		return http.StatusServiceUnavailable, "ServiceUnavailable", "try later"
	case notifytest.BadCredentials:
		return http.StatusForbidden, "SignatureDoesNotMatch", "The Canonical String should have been x-amz-security-token:" + Token
	}
	return http.StatusBadRequest, "ValidationException", "refused " + Token
}

// JSON writes an error of the services that speak JSON.
func JSON(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.Header().Set("X-Amzn-Errortype", code)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"__type": code, "message": message})
}

// XML writes an error of the services that speak XML.
func XML(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "text/xml")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error></ErrorResponse>`, code, message)
}

// RefuseJSON and RefuseXML write the refusals of notifytest.
func RefuseJSON(w http.ResponseWriter, f notifytest.Fault) {
	status, code, message := Refusal(f)
	JSON(w, status, code, message)
}

// RefuseXML is RefuseJSON in XML.
func RefuseXML(w http.ResponseWriter, f notifytest.Fault) {
	status, code, message := Refusal(f)
	XML(w, status, code, message)
}
