package test

import (
	"context"
	"crypto/tls"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	"github.com/coder/websocket"

	"timbre/config"
)

// A connector that requires encryption accepts feeds over TLS and refuses unencrypted ones.
func TestFeedOverTLS(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	for name, encrypted := range map[string]bool{"over TLS": true, "unencrypted": false} {
		t.Run(name, func(t *testing.T) {
			s := settings(t, t.TempDir(), newReceiver(t))
			s.Feed.Listen = "127.0.0.1:0"
			client := &http.Client{}
			if encrypted {
				cert, key, trusted := certificate(t)
				s.Feed.TLS = config.TLS{Cert: cert, Key: key}
				client.Transport = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted}}
			}
			n := start(t, s)
			h := setUp(ctx, t, n.API, hookARN)
			c, err := h.voice.CreateVoiceConnector(ctx, &voice.CreateVoiceConnectorInput{Name: aws.String("private"), RequireEncryption: aws.Bool(true)})
			must(t, err)
			h.connector = *c.VoiceConnector.VoiceConnectorId
			h.allow(ctx, t, "127.0.0.0/8")
			conn, res, err := websocket.Dial(ctx, n.Feed+"/"+h.connector, &websocket.DialOptions{HTTPClient: client})
			if (err == nil) != encrypted {
				t.Errorf("got error %v, want one only without TLS", err)
			}
			if !encrypted && res.StatusCode != http.StatusForbidden {
				t.Errorf("got status %d, want 403", res.StatusCode)
			}
			if strings.HasPrefix(n.Feed, "wss://") != encrypted {
				t.Errorf("got URL %s, want wss:// only with TLS", n.Feed)
			}
			if res != nil && res.Body != nil {
				_ = res.Body.Close()
			}
			if conn != nil {
				must(t, conn.Close(websocket.StatusNormalClosure, ""))
			}
		})
	}
}
