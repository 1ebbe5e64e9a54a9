package test

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"timbre/api"
	"timbre/api/rest/sample"
)

// A whole server answers any request that fits its model, whatever was asked before, with a status that the operation has.
// The store is the real one, and fills up with what is created; nothing is ever the server's fault.
func TestAnyValidRequestIsAnswered(t *testing.T) {
	n := start(t, settings(t, t.TempDir(), newReceiver(t)))
	x := rand.New(rand.NewPCG(7, 7))
	for range 10 {
		for _, c := range api.Coverage() {
			fitting := sample.Fitting(x, c.Operation, x.Float64())
			text, target := fitting.Text(), fitting.Target(c.Operation)
			r, err := http.NewRequestWithContext(t.Context(), c.Operation.Method, "http://"+n.API+target, strings.NewReader(text))
			must(t, err)
			sum := sha256.Sum256([]byte(text))
			must(t, v4.NewSigner().SignHTTP(t.Context(), aws.Credentials{AccessKeyID: keyID, SecretAccessKey: secret}, r, hex.EncodeToString(sum[:]), "chime", "us-east-1", time.Now()))
			answer, err := new(http.Client).Do(r)
			must(t, err)
			said, err := io.ReadAll(answer.Body)
			must(t, err)
			must(t, answer.Body.Close())
			kind := answer.Header.Get("X-Amzn-ErrorType")
			if answer.StatusCode >= 500 || answer.StatusCode != c.Operation.Status && !slices.Contains(c.Operation.Errors, kind) {
				t.Errorf("%s: %d %s %s\n%s %s", c.Operation.Name, answer.StatusCode, kind, said, target, text)
			}
		}
	}
}
