package node

import (
	"context"
	"fmt"

	"timbre/api/sigv4"
	"timbre/config"
	"timbre/feed"
)

// openFeed listens for calls by WebSocket and by PutMedia, if that is configured. Admission holds SIP and the feed to the same rules.
func (n *Node) openFeed(context.Context) error {
	s := n.settings.Feed
	if s.Listen == "" {
		return nil
	}
	n.feed = feed.New(n.env, feed.Config{OfConnector: s.OfConnector}, feed.Deps{
		Admission: n.admission, Calls: n.calls, Tracks: n.ports, Load: n.load, Signatures: sigv4.NewStreaming(n.env, n.keys, "kinesisvideo").Remembering(n.signatures), Journal: n.signatures,
	})
	use, err := n.prepareTokens(&n.settings)
	if err != nil {
		return err
	}
	use()
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

// prepareTokens returns a function that puts the tokens of platforms of other settings in the place of those before.
func (n *Node) prepareTokens(s *config.Settings) (use func(), err error) {
	if n.feed == nil {
		return func() {}, nil
	}
	var all []feed.Token
	for _, t := range s.Feed.Tokens {
		all = append(all, feed.Token{ConnectorID: t.Connector, Platform: t.Platform, Secret: t.Secret})
	}
	if use, err = n.feed.PrepareTokens(all); err != nil {
		return nil, fmt.Errorf("feed.tokens: %w", err)
	}
	return use, nil
}
