package node

import (
	"context"
	"net"

	"timbre/config"
	"timbre/door"
	"timbre/rtp"
	"timbre/sip/transport"
)

// The shares of doors, which calls never take from them, and the parts of all descriptors that they take at most, as divisors.
const (
	requestShare = 32
	requestPart  = 8
	sipPart      = 2

	strangersPart = 4 // of unknown sources of SIP: half of its door, so that known ones always find places
)

// openDoors looks at what the process may open, before any port is opened.
func (n *Node) openDoors(context.Context) error {
	n.descriptors = door.NewDescriptors(n.env)
	n.doors = door.Deps{Descriptors: n.descriptors, Metrics: door.NewMetrics(n.env.Metrics)}
	return nil
}

// mayOpen asks for the descriptors of a new call's media, which leave those of live calls.
func (n *Node) mayOpen(descriptors int) bool { return n.descriptors.Reserve(descriptors, door.ForLive) }

// sayRoom says how many streams the descriptors allow, and warns if the ports allow more.
func (n *Node) sayRoom() {
	if n.descriptors == nil {
		return
	}
	most, pairs := n.descriptors.Streams(rtp.PerStream), n.ports.Size()
	log, message := n.env.Log.Info, "room for calls"
	if most < pairs {
		log, message = n.env.Log.Warn, "room for fewer streams than rtp.ports has pairs: raise ulimit -n"
	}
	log(message, "descriptors", n.descriptors.Limit(), "streams", most, "pairs", pairs)
}

// requestDoor is the door of a port of HTTP. A few of its connections come in whatever calls need.
func (n *Node) requestDoor(section string, s config.Door) *door.Door {
	return door.New(n.env, door.Config{
		Name: section, Connections: s.Connections, PerSource: s.PerSource, Part: requestPart, Share: requestShare, Leave: door.ForCalls,
	}, n.doors)
}

// feedDoor is the door of the feed. Its connections become calls, which are bounded as calls are.
func (n *Node) feedDoor(s config.Door) *door.Door {
	return door.New(n.env, door.Config{
		Name: "feed", Connections: s.Connections, PerSource: s.PerSource, Part: requestPart, Leave: door.ForLive,
	}, n.doors)
}

// sipSources are those that judge messages of SIP, with a door before them. A connection of SIP may be for a live call: it is refused
// only to leave the server itself what it needs.
type sipSources struct {
	transport.Sources
	door *door.Door
}

// Listener implements transport.Sources.
func (s sipSources) Listener(l net.Listener) net.Listener {
	return s.Sources.Listener(s.door.Listener(l))
}

// sipDoor puts the door in front of the listeners of SIP.
func (n *Node) sipDoor(sources transport.Sources) transport.Sources {
	return sipSources{sources, door.New(n.env, door.Config{Name: "sip", Part: sipPart, Leave: door.ForOwn}, n.doors)}
}
