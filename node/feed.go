package node

import (
	"context"

	"timbre/feed"
	"timbre/rtp/codec"
)

// openFeed listens for calls by WebSocket, if that is configured. Admission holds SIP and the feed to the same rules.
func (n *Node) openFeed(context.Context) (err error) {
	s := n.settings.Feed
	if s.Listen == "" {
		return nil
	}
	n.feed, err = feed.New(feed.Config{
		Log: n.env.Log, Metrics: n.env.Metrics,
		NewDecoder: func(encoding string, rate int) (feed.Decoder, error) { return codec.NewRaw(encoding, rate) },
	},
		n.admission, piped{n.calls, n.pipelines, n.tasks})
	if err != nil {
		return err
	}
	server, err := n.listenHTTP("feed", string(s.Listen), s.TLS, n.feed)
	if err != nil {
		return err
	}
	n.Feed = "ws://" + server.address + feed.Path
	if server.secure {
		n.Feed = "wss://" + server.address + feed.Path
	}
	return nil
}
