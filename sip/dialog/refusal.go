package dialog

import "timbre/sip/transport"

// NoDialog is the refusal of a request that belongs to no dialog.
func NoDialog() *transport.Refusal { return transport.Refuse(481, "no_dialog", "no such call") }

// InClear is the refusal of a request that did not arrive over TLS, for a connector that requires encryption.
func InClear() *transport.Refusal {
	return transport.Refuse(403, "encryption", "the connector requires encryption: call it by TLS")
}
