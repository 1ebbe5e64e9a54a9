// Package sts answers GetCallerIdentity, which Terraform, the AWS CLI and CDK ask of the security token service before anything else:
// who signs with this key. It stands on the endpoint of the API, so that these tools run against a Timbre without flags that skip the
// question. The answer is XML, as the query protocol of that service has it. Nothing else of the service is answered.
package sts

import (
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/url"
	"time"

	"timbre"
	"timbre/api/sigv4"
	"timbre/environment"
)

const (
	version   = "2011-06-15"
	namespace = "https://sts.amazonaws.com/doc/" + version + "/"
	action    = "GetCallerIdentity"
	maxBody   = 64 << 10
)

// Deps is what the service asks.
type Deps struct {
	Keys timbre.Keys
	Wait func(keyID string) time.Duration // until a key may ask again; 0: now
	Rest http.Handler                     // answers all other requests
}

// Service answers requests for the identity of their signer.
type Service struct {
	env      environment.Environment
	deps     Deps
	verifier *sigv4.Verifier
}

// New returns a Service.
func New(env environment.Environment, deps Deps) *Service {
	env = env.Complete()
	return &Service{env, deps, sigv4.NewReading(env, deps.Keys, "sts")}
}

// ServeHTTP implements http.Handler. The two services of the API have no operation on the path /.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/" {
		s.deps.Rest.ServeHTTP(w, r)
		return
	}
	id := s.env.NewID()
	key, err := s.caller(w, r)
	answer, status := any(s.identity(key, id)), http.StatusOK
	if err != nil {
		answer, status = refusal(err, id)
	}
	text, _ := xml.Marshal(answer) // texts always encode
	w.Header().Set("Content-Type", "text/xml")
	w.Header().Set("X-Amzn-RequestId", id)
	w.WriteHeader(status)
	_, _ = w.Write(text) // a client that has hung up gets nothing
}

// caller returns the key that signed a request for the identity of its signer.
func (s *Service) caller(w http.ResponseWriter, r *http.Request) (timbre.Key, error) {
	var body []byte
	key, err := s.verifier.Check(r, func() (_ []byte, err error) {
		body, err = io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		return body, err
	})
	if err != nil {
		return key, err
	}
	if s.deps.Wait(key.ID) > 0 {
		return key, &timbre.SignatureFault{Status: http.StatusBadRequest, Type: "Throttling", Message: "Rate exceeded"}
	}
	form, err := url.ParseQuery(string(body))
	if len(body) == 0 {
		form, err = url.ParseQuery(r.URL.RawQuery)
	}
	if err != nil || form.Get("Action") != action || form.Get("Version") != version {
		return key, &timbre.SignatureFault{Status: http.StatusBadRequest, Type: "InvalidAction", Message: "Of this service Timbre has " + action + " only."}
	}
	return key, nil
}

type identity struct {
	XMLName xml.Name `xml:"GetCallerIdentityResponse"`
	XMLNS   string   `xml:"xmlns,attr"`
	ARN     string   `xml:"GetCallerIdentityResult>Arn"`
	UserID  string   `xml:"GetCallerIdentityResult>UserId"`
	Account string   `xml:"GetCallerIdentityResult>Account"`
	Request string   `xml:"ResponseMetadata>RequestId"`
}

// identity is that of a key: the user that its profile names.
func (s *Service) identity(key timbre.Key, request string) identity {
	return identity{
		XMLNS: namespace, ARN: "arn:aws:iam::" + s.env.Account + ":user/" + key.User, UserID: key.ID, Account: s.env.Account, Request: request,
	}
}

type fault struct {
	XMLName xml.Name `xml:"ErrorResponse"`
	XMLNS   string   `xml:"xmlns,attr"`
	Type    string   `xml:"Error>Type"`
	Code    string   `xml:"Error>Code"`
	Message string   `xml:"Error>Message"`
	Request string   `xml:"RequestId"`
}

func refusal(err error, request string) (fault, int) {
	f := fault{XMLNS: namespace, Type: "Sender", Code: "InvalidRequest", Message: "The body cannot be read.", Request: request}
	e := (*timbre.SignatureFault)(nil)
	if !errors.As(err, &e) {
		return f, http.StatusBadRequest
	}
	f.Code, f.Message = e.Type, e.Message
	return f, e.Status
}
