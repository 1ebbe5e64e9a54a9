package nats_test

import (
	"testing"

	"github.com/nats-io/nats-server/v2/server"

	"timbre/notify/nats"
	"timbre/notify/nats/natstest"
	"timbre/notify/notifytest"
)

func TestHandshakes(t *testing.T) {
	good := notifytest.NewCertificate(t, "127.0.0.1")
	for _, h := range append(notifytest.Handshakes(t),
		notifytest.Handshake{Name: "server without TLS", Client: good.Trusting(), Says: "secure connection not available"},
		notifytest.Handshake{Name: "authority of the system", Server: good.Server, Says: "unknown authority"},
	) {
		t.Run(h.Name, func(t *testing.T) {
			n := natstest.Serve(t, func(o *server.Options) {
				o.TLS, o.TLSConfig, o.TLSTimeout = h.Server != nil, h.Server, 5
				o.Username, o.Password = "timbre", "hidden"
			})
			err := open(t, nats.Config{URL: n.ClientURL(), TLS: h.Client, User: "timbre", Password: "hidden"}).Send(t.Context(), notice("Id-1"))
			h.Check(t, err, "hidden")
		})
	}
}
