package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/google/uuid"

	"timbre/bench/server"
)

// request is a signed request as it goes over the wire, and the status that its answer must have.
type request struct {
	wire   []byte
	status string
}

// sign makes a request as the SDKs do.
func (c client) sign(method, path, body, status string) (request, error) {
	ctx := context.Background()
	r, err := http.NewRequestWithContext(ctx, method, "http://"+c.address+path, bytes.NewReader([]byte(body)))
	if err != nil {
		return request{}, err
	}
	r.Header.Set("User-Agent", "timbre-bench")
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("Amz-Sdk-Invocation-Id", uuid.NewString()) // as SDKs do: it tells requests apart that are alike
	sum := sha256.Sum256([]byte(body))
	key := aws.Credentials{AccessKeyID: server.KeyID, SecretAccessKey: server.Secret}
	if err := v4.NewSigner().SignHTTP(ctx, key, r, hex.EncodeToString(sum[:]), "chime", "us-east-1", time.Now()); err != nil {
		return request{}, err
	}
	var wire bytes.Buffer
	err = r.Write(&wire)
	return request{wire.Bytes(), status}, err
}
