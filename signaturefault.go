package timbre

// SignatureFault is the refusal of a signature on a request, as AWS words it.
type SignatureFault struct {
	Status  int    // of HTTP
	Type    string // the name that AWS gives the error, such as RequestExpired
	Message string // describes a malformed request, and never reveals the expected signature
}

func (f *SignatureFault) Error() string { return f.Type + ": " + f.Message }
