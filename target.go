package timbre

import "time"

// TargetChecker tells without a request which notification targets cannot be reached: those of no known kind, malformed ones, and those
// with a name that the settings lack.
type TargetChecker interface {
	// Check returns why nothing can be delivered to a target; nil: it may be.
	Check(target string) error
}

// Delivery is how the delivery to a target goes.
type Delivery string

const (
	DeliveryUnknown Delivery = ""            // no server runs
	DeliveryWorks   Delivery = "works"       // or has not been tried
	DeliveryWaits   Delivery = "backing off" // it fails, and is probed at times
	DeliveryEnded   Delivery = "disabled"    // it wants no notices; only an operator brings it back
)

// TargetState is what a server knows of the delivery to a target.
type TargetState struct {
	Delivery Delivery
	Failures int       // probes that have failed in a row, and what came before the first
	Next     time.Time // when it is probed next; zero: it is not waited for
	Error    string    // the last failure
}

// TargetStates tells how deliveries go.
type TargetStates interface {
	// States returns the targets that do not work. All others work.
	States() map[string]TargetState
}

// TargetReport is what an operator sees of a target.
type TargetReport struct {
	Depth
	TargetState
}
