package dialog

import (
	"net/netip"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
	"timbre/sip/transport"
)

// Incoming is an INVITE that a connector has admitted.
type Incoming struct {
	Request   *gosip.Request
	Tx        gosip.ServerTransaction
	Connector timbre.Connector
	Source    netip.AddrPort     // that it came from
	Endpoint  transport.Endpoint // that it arrived at
	Over      func()             // called once: when the call is over, or before the INVITE is refused
}
