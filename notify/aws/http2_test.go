package aws_test

import (
	"encoding/pem"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"timbre/environment"
	"timbre/notify"
	"timbre/notify/aws"
	"timbre/notify/aws/awstest"
	"timbre/notify/sns"
)

// deafening is a listener whose connections so far hear and say nothing once it is deaf.
type deafening struct {
	net.Listener
	generation *atomic.Int64
}

type hearing struct {
	net.Conn
	generation *atomic.Int64
	made       int64
}

func (l deafening) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &hearing{c, l.generation, l.generation.Load()}, nil
}

func (c *hearing) Read(p []byte) (int, error) {
	for {
		if n, err := c.Conn.Read(p); err != nil || c.generation.Load() == c.made {
			return n, err
		}
	}
}

func (c *hearing) Write(p []byte) (int, error) {
	if c.generation.Load() != c.made {
		return len(p), nil
	}
	return c.Conn.Write(p)
}

// All requests share one connection of HTTP/2, and one that is given up does not close it.
func TestConnectionOfHTTP2WhosePeerHasVanishedIsGivenUp(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(accept))
	server.EnableHTTP2 = true
	generation := new(atomic.Int64)
	server.Listener = deafening{server.Listener, generation}
	server.StartTLS()
	defer server.Close()
	awstest.Settings(t, server.URL)
	bundle := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(bundle, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_CA_BUNDLE", bundle)
	s := sns.New(aws.New(environment.Environment{Region: "us-east-1"}, aws.Config{Silence: 20 * time.Millisecond}), sns.Config{})
	if err := s.Send(t.Context(), notice()); err != nil {
		t.Fatal(err)
	}
	generation.Add(1)
	wantCause(t, s.Send(t.Context(), notice()), notify.ForNow, "the endpoint cannot be reached: http2: client connection lost")
	if err := s.Send(t.Context(), notice()); err != nil {
		t.Error(err)
	}
}
