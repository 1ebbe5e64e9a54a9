package door

import (
	"net"
	"net/netip"
	"time"

	"timbre"
)

// Conn is a connection that a door has let in.
type Conn struct {
	net.Conn
	door *Door
	from network

	// Guarded by the door.
	since  time.Time // of its state
	idle   bool      // it has sent nothing yet, or nothing since its last answer
	proven bool      // it has had an answer that was no refusal
}

// Close frees the place, and the descriptor.
func (c *Conn) Close() error {
	c.leave()
	return c.Conn.Close()
}

// leave frees the place alone: what becomes of the connection is for others to bound.
func (c *Conn) leave() {
	c.door.mu.Lock()
	defer c.door.mu.Unlock()
	c.door.forget(c)
}

// become notes whether a connection waits for a request.
func (c *Conn) become(idle bool) {
	now := c.door.env.Steady()
	c.door.mu.Lock()
	defer c.door.mu.Unlock()
	c.idle, c.since = idle, now
}

// prove notes that a connection is of use, and reports whether it is.
func (c *Conn) prove(now bool) (proven bool) {
	c.door.mu.Lock()
	defer c.door.mu.Unlock()
	c.proven = c.proven || now
	return c.proven
}

// network is where a connection comes from.
type network struct {
	host netip.Prefix
	wide netip.Prefix // of its owner
}

// sourceOf is the network of a socket's peer; the zero network if it has no address.
func sourceOf(c net.Conn) network {
	at, err := netip.ParseAddrPort(c.RemoteAddr().String())
	if err != nil {
		return network{}
	}
	return network{timbre.HostNetwork(at.Addr()), timbre.OwnerNetwork(at.Addr())}
}
