package connect

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/smithy-go"
)

// selector is a position as GetMedia takes it.
type selector struct {
	StartSelectorType   string
	AfterFragmentNumber string `json:",omitempty"`
	ContinuationToken   string `json:",omitempty"`
}

func (p Position) selector() selector {
	switch {
	case p.Token != "":
		return selector{StartSelectorType: "CONTINUATION_TOKEN", ContinuationToken: p.Token}
	case p.Fragment != "":
		return selector{StartSelectorType: "FRAGMENT_NUMBER", AfterFragmentNumber: p.Fragment}
	}
	return selector{StartSelectorType: "NOW"}
}

// getMedia is the only operation of its service, and one request: its client in the SDK is not needed for it.
//
// https://docs.aws.amazon.com/kinesisvideostreams/latest/dg/API_dataplane_GetMedia.html
func getMedia(ctx context.Context, account aws.Config, endpoint, streamARN string, from Position) (io.ReadCloser, error) {
	const operation = "GetMedia"
	text, err := json.Marshal(struct {
		StreamARN     string
		StartSelector selector
	}{streamARN, from.selector()})
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimRight(endpoint, "/")+"/getMedia", bytes.NewReader(text))
	if err != nil {
		return nil, failure(operation, err)
	}
	r.Header.Set("Content-Type", "application/json")
	key, err := account.Credentials.Retrieve(ctx)
	if err != nil {
		return nil, failure(operation, err)
	}
	sum := sha256.Sum256(text)
	if err := v4.NewSigner().SignHTTP(ctx, key, r, hex.EncodeToString(sum[:]), "kinesisvideo", account.Region, time.Now()); err != nil {
		return nil, failure(operation, err)
	}
	client := account.HTTPClient
	if client == nil {
		client = new(http.Client)
	}
	response, err := client.Do(r)
	if err != nil {
		return nil, failure(operation, err)
	}
	if response.StatusCode != http.StatusOK {
		defer func() { _ = response.Body.Close() }()
		return nil, failure(operation, errorOf(response))
	}
	return response.Body, nil
}

// errorOf is the error that a response of AWS describes.
func errorOf(response *http.Response) error {
	var m struct{ Message string }
	text, _ := io.ReadAll(io.LimitReader(response.Body, 1000))
	_ = json.Unmarshal(text, &m)
	return &smithy.GenericAPIError{Code: cmp.Or(kindOf(response), response.Status), Message: m.Message}
}

// kindOf is the name that AWS gives the error of a response.
func kindOf(response *http.Response) string {
	kind, _, _ := strings.Cut(response.Header.Get("x-amzn-ErrorType"), ":")
	return kind
}
