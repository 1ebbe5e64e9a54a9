package test

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"timbre/api"
	"timbre/api/rest/sample"
)

// A server answers any valid request, in any order, with the operation's status or one of its exceptions, and never with an
// internal error.
func TestAnyValidRequestIsAnswered(t *testing.T) {
	n := start(t, settings(t, t.TempDir(), newReceiver(t)))
	x := rand.New(rand.NewPCG(7, 7))
	for range 10 {
		for _, c := range api.Coverage() {
			fitting := sample.Fitting(x, c.Operation, x.Float64())
			text, target := fitting.Text(), fitting.Target(c.Operation)
			r, err := http.NewRequestWithContext(t.Context(), c.Operation.Method, "http://"+n.API+target, strings.NewReader(text))
			must(t, err)
			r.Header.Set("Amz-Sdk-Invocation-Id", strconv.FormatUint(x.Uint64(), 16)) // as SDKs do: it tells requests apart that are alike
			sum := sha256.Sum256([]byte(text))
			must(t, v4.NewSigner().SignHTTP(t.Context(), aws.Credentials{AccessKeyID: keyID, SecretAccessKey: secret}, r, hex.EncodeToString(sum[:]), "chime", "us-east-1", time.Now()))
			answer, err := new(http.Client).Do(r)
			must(t, err)
			body, err := io.ReadAll(answer.Body)
			must(t, err)
			must(t, answer.Body.Close())
			kind := answer.Header.Get("X-Amzn-ErrorType")
			if answer.StatusCode >= 500 || answer.StatusCode != c.Operation.Status && !slices.Contains(c.Operation.Errors, kind) {
				t.Errorf("%s: got status %d %s %s for\n%s %s\nwant %d or a declared exception", c.Operation.Name, answer.StatusCode, kind, body, target, text, c.Operation.Status)
			}
		}
	}
}
