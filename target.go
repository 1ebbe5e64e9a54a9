package timbre

// TargetChecker tells without a request which notification targets cannot be reached: those of no known kind, malformed ones, and those
// with a name that the settings lack.
type TargetChecker interface {
	// Check returns why nothing can be delivered to a target; nil: it may be.
	Check(target string) error
}
