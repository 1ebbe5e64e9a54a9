package connect

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/google/uuid"
)

// Server is a Sink: a Timbre server, or another that takes PutMedia.
type Server struct {
	URL       string // such as http://127.0.0.1:8081
	Connector string // the name of the stream there
	Region    string
	Keys      aws.CredentialsProvider
	Client    *http.Client
}

// unsigned stands for the hash of a body that is streamed.
const unsigned = "UNSIGNED-PAYLOAD"

// passing are the errors of a request, besides faults of the server, that another one may not get, as Kinesis names them.
var passing = map[string]bool{
	"RequestExpired": true, "ThrottlingException": true, "ClientLimitExceededException": true, "ConnectionLimitExceededException": true,
}

// Put implements Sink.
func (s Server) Put(ctx context.Context, u Upload) error {
	r, err := s.request(ctx, u)
	if err != nil {
		return err
	}
	response, err := s.Client.Do(r)
	if err != nil {
		return &Refusal{err.Error(), true}
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return refusalOf(response)
	}
	return acknowledged(response.Body, u.Persisted)
}

// refusalOf is that of a response.
func refusalOf(response *http.Response) *Refusal {
	text, _ := io.ReadAll(io.LimitReader(response.Body, 1000))
	kind := kindOf(response)
	return &Refusal{
		Reason:    strings.TrimSpace(response.Status + ": " + kind + " " + strings.TrimSpace(string(text))),
		Temporary: response.StatusCode >= http.StatusInternalServerError || response.StatusCode == http.StatusTooManyRequests || passing[kind],
	}
}

// request is PutMedia, signed.
func (s Server) request(ctx context.Context, u Upload) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimRight(s.URL, "/")+"/putMedia", u.Stream)
	if err != nil {
		return nil, err
	}
	now := time.Now() // signatures are of the clock on the wall
	r.Header.Set("X-Amzn-Stream-Name", s.Connector)
	r.Header.Set("X-Amzn-Fragment-Timecode-Type", "ABSOLUTE")
	r.Header.Set("X-Amzn-Producer-Start-Timestamp", fmt.Sprintf("%.3f", float64(u.Began.UnixMilli())/1000))
	r.Header.Set("Amz-Sdk-Invocation-Id", uuid.NewString()) // requests of the same second have signatures of their own
	r.Header.Set("X-Amz-Content-Sha256", unsigned)
	key, err := s.Keys.Retrieve(ctx)
	if err != nil {
		return nil, err
	}
	return r, v4.NewSigner().SignHTTP(ctx, key, r, unsigned, "kinesisvideo", s.Region, now)
}

// internalError is the first of the errors that are the server's own.
const internalError = 5000

// acknowledged reads acknowledgements to the end of the call. One of an error is that of the stream.
func acknowledged(from io.Reader, persisted func()) error {
	for in := json.NewDecoder(from); ; {
		var ack struct {
			EventType, ErrorCode, ErrorMessage string
			ErrorID                            int `json:"ErrorId"`
		}
		switch err := in.Decode(&ack); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return &Refusal{"the connection was lost: " + err.Error(), true}
		case ack.EventType == "PERSISTED":
			persisted()
		case ack.EventType == "ERROR":
			return &Refusal{strings.TrimSpace(ack.ErrorCode + " " + ack.ErrorMessage), ack.ErrorID >= internalError || ack.ErrorID == streamRead}
		}
	}
}

// streamRead is the error of a stream that could not be read, as when its connection was lost.
const streamRead = 4000
