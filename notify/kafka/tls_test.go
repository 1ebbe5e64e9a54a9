package kafka_test

import (
	"context"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"

	"timbre/notify/kafka"
	"timbre/notify/kafka/kafkatest"
	"timbre/notify/notifytest"
)

// The brokers are asked for a password, too: it is never sent before their certificate is known to be good.
func TestHandshakes(t *testing.T) {
	good := notifytest.NewCertificate(t, "127.0.0.1")
	for _, h := range append(notifytest.Handshakes(t), notifytest.Handshake{Name: "client without TLS", Server: good.Server, Says: "is TLS missing"}) {
		t.Run(h.Name, func(t *testing.T) {
			c := kafkatest.New(t, kfake.TLS(h.Server), kfake.EnableSASL(), kfake.Superuser("SCRAM-SHA-512", "timbre", "hidden"))
			cfg := kafka.Config{Brokers: c.ListenAddrs(), TLS: h.Client, SASL: "scram-sha-512", User: "timbre", Password: "hidden"}
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			err := open(t, cfg).Send(ctx, notice("Id-1", "task"))
			h.Check(t, err, "hidden")
		})
	}
}
