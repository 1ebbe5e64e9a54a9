package timbre

import "net/netip"

// TollCall is a call that is about to be put through to a gateway, which charges for it.
type TollCall struct {
	Access Access
	Number string // that is called, as the gateway would be sent it: the user part of a URI
	From   string // the caller's number, for the event
	CallID string // of the caller's dialog, for the log and the event
}

// TollGuard decides which calls are put through.
type TollGuard interface {
	// Admit counts a call, or refuses it: the error is a *TollDenial. Over of what it returns must be called when the call ends.
	Admit(c TollCall) (Toll, error)
	// Transfer decides on a transfer, whose new call the gateway places. It is counted as a call.
	Transfer(c TollCall) error
}

// Toll is a call that is counted.
type Toll interface {
	// Answered says that minutes count from now on. Cut is called, once and on a goroutine of the guard, when the credential has none left.
	Answered(cut func())
	// Over says that the call is over. It may be called more than once.
	Over()
}

// TollDenial is the error for a call that is not put through.
type TollDenial struct {
	Reason TollReason
	Detail string // one sentence for the peer's operator
}

func (d *TollDenial) Error() string { return d.Detail }

// TollTrip is what trips the guard: one call that it refuses or ends, and how many of the same kind were only counted before.
type TollTrip struct {
	Reason   TollReason
	Username string // of the credential; empty: the caller is known by its address
	Source   netip.Addr
	Calls    int // that it stands for
}

// TollReason is also the label of the metric that counts them.
type TollReason string

const (
	TollRegion  TollReason = "region"     // the number is of no calling region of the connector
	TollPremium TollReason = "premium"    // the number is charged above its region: premium rates, satellites
	TollNumber  TollReason = "number"     // what is called cannot be read as a number, so its region is unknown
	TollOpen    TollReason = "open_relay" // the source is allowed by a network so wide that strangers are in it
	TollCalls   TollReason = "calls"      // the credential has made its calls of the day
	TollMinutes TollReason = "minutes"    // the credential has used its minutes of the day
)
