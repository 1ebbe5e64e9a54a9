package aws

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
)

const (
	// requestTimeout bounds what no attempt bounds: the requests for credentials, which outlive the attempt that needs them first.
	requestTimeout = time.Minute
	dialTimeout    = 5 * time.Second
	// idlePerHost is as many connections as the dispatcher has workers. The SDK keeps 10, and opens the others anew for each request.
	idlePerHost = 128
)

// connections returns a pool that suits the dispatcher. It stays buildable, because the settings may add certificates (AWS_CA_BUNDLE).
func connections(silence time.Duration) *awshttp.BuildableClient {
	return awshttp.NewBuildableClient().WithTimeout(requestTimeout).
		WithDialerOptions(func(d *net.Dialer) { d.Timeout = dialTimeout }).
		WithTransportOptions(func(t *http.Transport) {
			t.MaxIdleConns, t.MaxIdleConnsPerHost = 4*idlePerHost, idlePerHost
			t.HTTP2 = &http.HTTP2Config{SendPingTimeout: silence, PingTimeout: silence}
		})
}

// keeping is a client that makes the most of its connections.
//
// A service may close one that it takes for idle at the moment when a request is sent. The transport sends such a request again on
// another connection if it has its body and may: all requests here may arrive twice. A nil key says so, and is not sent.
//
// The bodies of the SDK cannot be had twice. It also closes them when it has the response, and answers io.EOF if the transport closes
// them after that, which then takes the connection of a quick answer for broken.
type keeping struct{ sdk.HTTPClient }

// Do implements sdk.HTTPClient.
func (k keeping) Do(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header["X-Idempotency-Key"] = nil
	if r.Body != nil && r.Body != http.NoBody {
		data, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }
		r.Body, _ = r.GetBody()
	}
	return k.HTTPClient.Do(r)
}
