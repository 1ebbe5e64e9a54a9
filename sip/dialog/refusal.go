package dialog

import "timbre/sip/transport"

// Refusal is a final response of this side that is not a success.
type Refusal = transport.Refusal

// Refuse makes a refusal. The detail is a format with its arguments.
func Refuse(code int, reason, detail string, args ...any) *Refusal {
	return transport.Refuse(code, reason, detail, args...)
}

// NoDialog is the refusal of a request that belongs to no dialog.
func NoDialog() *Refusal { return Refuse(481, "no_dialog", "no such call") }

// InClear is the refusal of a request that did not arrive over TLS, for a connector that requires encryption.
func InClear() *Refusal {
	return Refuse(403, "encryption", "the connector requires encryption: call it by TLS")
}
