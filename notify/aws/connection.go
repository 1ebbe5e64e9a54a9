package aws

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go/logging"
)

const (
	// requestTimeout bounds what no attempt bounds: the requests for credentials, which outlive the attempt that needs them first.
	requestTimeout = time.Minute
	dialTimeout    = 5 * time.Second
	// idlePerHost is as many connections as the dispatcher has workers. The SDK keeps 10, and opens the others anew for each request.
	idlePerHost = 128
	// silence is the age of an HTTP/2 connection without a packet after which it is probed, and closed if its peer is gone. Over
	// HTTP/1.1, an attempt that ends without a response closes its connection.
	silence = 10 * time.Second
)

// connections returns a pool that suits the dispatcher. It stays buildable, because the settings may add certificates (AWS_CA_BUNDLE).
func connections() *awshttp.BuildableClient {
	return awshttp.NewBuildableClient().WithTimeout(requestTimeout).
		WithDialerOptions(func(d *net.Dialer) { d.Timeout = dialTimeout }).
		WithTransportOptions(func(t *http.Transport) {
			t.MaxIdleConns, t.MaxIdleConnsPerHost = 4*idlePerHost, idlePerHost
			t.HTTP2 = &http.HTTP2Config{SendPingTimeout: silence, PingTimeout: silence}
		})
}

// keeping is a client that keeps connections also where a service answers within microseconds. The SDK closes the body of a request
// when it has the response; if the transport closes it after that, the SDK answers io.EOF, and the transport takes the connection for
// broken.
type keeping struct{ sdk.HTTPClient }

// Do implements sdk.HTTPClient.
func (k keeping) Do(r *http.Request) (*http.Response, error) {
	if r.Body != nil && r.Body != http.NoBody {
		r = r.WithContext(r.Context()) // a copy
		r.Body = body{r.Body}
	}
	return k.HTTPClient.Do(r)
}

type body struct{ io.ReadCloser }

func (b body) Close() error {
	if err := b.ReadCloser.Close(); !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

// logger writes what the SDK logs to the log of the server.
type logger struct{ log *slog.Logger }

// Logf implements logging.Logger.
func (l logger) Logf(class logging.Classification, format string, v ...any) {
	level := slog.LevelDebug
	if class == logging.Warn {
		level = slog.LevelWarn
	}
	l.log.Log(context.Background(), level, "the AWS SDK reports", "detail", fmt.Sprintf(format, v...))
}
