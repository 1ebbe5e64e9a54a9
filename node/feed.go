package node

import (
	"context"

	"timbre"
	"timbre/feed"
	"timbre/rtp/codec"
)

// openFeed listens for calls by WebSocket, if that is configured. Admission holds SIP and the feed to the same rules.
func (n *Node) openFeed(context.Context) error {
	s := n.settings.Feed
	if s.Listen == "" {
		return nil
	}
	n.feed = feed.New(n.env, feed.Config{}, feed.Deps{
		Admission: n.admission, Calls: n.calls,
		NewDecoder: func(encoding timbre.Encoding, rate int) (feed.Decoder, error) { return codec.NewRaw(encoding, rate) },
	})
	server, err := n.listenHTTP("feed", string(s.Listen), s.TLS, n.feedDoor(s.Door), n.feed)
	if err != nil {
		return err
	}
	n.Feed = "ws://" + server.address + feed.Path
	if server.secure {
		n.Feed = "wss://" + server.address + feed.Path
	}
	return nil
}
