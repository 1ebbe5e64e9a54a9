package node

import (
	"github.com/prometheus/client_golang/prometheus"

	"timbre/config"
	"timbre/feed"
	"timbre/rtp/codec"
)

// openFeed opens the door that calls come in by on WebSockets, if there is one. It shares the connectors' calls a second
// with SIP.
func (n *Node) openFeed(s config.Settings, metrics prometheus.Registerer) (err error) {
	if s.Feed.Listen == "" {
		return nil
	}
	n.feed, err = feed.New(feed.Config{
		Allow: n.sip.Allow, Log: n.log, Metrics: metrics,
		NewDecoder: func(encoding string, rate int) (feed.Decoder, error) { return codec.NewRaw(encoding, rate) },
	},
		directory{n.store, s.QuotaLimits().CPS}, piped{n.calls, n.pipelines, n.tasks})
	if err != nil {
		return err
	}
	at, err := n.open("feed.listen", string(s.Feed.Listen), n.feed)
	if err != nil {
		return err
	}
	secure, err := n.secure("feed.tls", s.Feed.TLS)
	if n.Feed = "ws://" + at + feed.Path; secure {
		n.Feed = "wss://" + at + feed.Path
	}
	return err
}
