package timbre

import (
	"context"
	"net/netip"
	"time"
)

// AccessRequest is what a request says of where it comes from and which connector it is for. The zero value of a field
// means that the request says nothing of it.
type AccessRequest struct {
	ConnectorID   string     // of the connector that the request names; if there is none, the request is refused
	Hint          string     // may be a connector's id, such as the user part of a SIP URI; ignored if it is not
	Source        netip.Addr // of the last hop
	Encrypted     bool       // the request came over TLS
	Scheme        AuthScheme // of the credentials that the request may carry
	Method        string     // of the request, which a digest covers
	URI           string     // of the request, which a digest covers; not that of its header, which its sender chooses
	Authorization []string   // values of the Authorization headers, in their order
	Signature     *Signature // of the whole request; nil: it is not signed
}

// Signature is the HMAC-SHA256 of what a request says, with the SHA256 of a credential as its key; or that of a telephone platform.
type Signature struct {
	User   string // of the credential, or the platform
	Signed []byte // what it was computed of
	MAC    []byte
	Proven bool // it is that of a platform, and right, for the connector that the request names
}

// Origin is where a message comes from.
type Origin struct {
	Addr netip.Addr
	// Returned: what is sent to Addr reaches the sender. It has a connection, or its datagram repeats what was sent to Addr alone. The
	// sender of any other datagram may have written another address than its own.
	Returned bool
	// Echoed: the message repeats what was sent to Addr alone, as the answer to a challenge does.
	Echoed bool
}

// Verdict is what becomes of a message before it is parsed.
type Verdict uint8

const (
	Dropped     Verdict = iota
	Shed                // it is answered with 503 unread
	ReadBriefly         // it is read, and its answer must not be longer than it is
	Read
)

// Proof is that a host has proven a password: it is known for a time.
type Proof struct {
	Network netip.Prefix // of the host
	Until   time.Time    // by the wall clock
}

// AuthScheme is a scheme of HTTP authentication (RFC 9110, 11), which SIP uses as well (RFC 3261, 22).
type AuthScheme uint8

const (
	Digest AuthScheme = iota // RFC 7616 and RFC 8760: MD5 or SHA-256, qop auth
	Basic                    // RFC 7617
)

// Access is a connector that a request may use.
type Access struct {
	Connector Connector
	CPSLimit  int        // calls a second, 0 without limit
	Source    netip.Addr // that uses it: no source has all calls of a second while others call

	Username       string   // of the credential whose password was proven; empty: the allowed hosts contain the source
	Open           bool     // the source is allowed by networks alone that are too wide to put calls through: see RelayNetwork
	Identity       string   // of the termination: the number that it calls from; empty: none
	CallingRegions []string // of the termination: countries that may be called; none: all
}

// Admission decides which calls a connector takes. Its errors are a *Denial, or those of the store.
type Admission interface {
	// Admit finds the connector that a request is for, and decides whether the request may use it.
	Admit(ctx context.Context, r AccessRequest) (Access, error)
	// AllowCall counts one call against the connector's calls a second, or returns false when the limit, or the source's share of it, is
	// reached.
	AllowCall(a Access) bool
}

// Denial is the error for a request that is refused.
type Denial struct {
	Reason     DenialReason
	Detail     string   // one sentence for the peer's operator; no secrets
	Challenges []string // values of WWW-Authenticate headers, the preferred one first
}

// DenialReason is also the label of the metrics that count refusals.
type DenialReason string

const (
	NoConnector     DenialReason = "no_connector" // the request names no connector that exists
	NotAllowed      DenialReason = "forbidden"    // neither source nor credentials are allowed
	AuthRequired    DenialReason = "challenged"   // the request carries no credentials, and may be repeated with some
	StaleNonce      DenialReason = "stale"        // the password is right, the nonce has expired or been used
	WrongDigest     DenialReason = "wrong_digest" // the user is unknown or the password wrong
	BadCredentials  DenialReason = "malformed"    // the credentials cannot be parsed
	NotEncrypted    DenialReason = "encryption"   // the connector requires TLS
	TooManyAttempts DenialReason = "guessing"     // too many wrong passwords from the source
)

func (d *Denial) Error() string { return d.Detail }
