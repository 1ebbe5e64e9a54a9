package timbre

import "time"

// Embedding is the vector of a voice: 256 values, L2-normalised, so that a dot product is the cosine.
type Embedding []float32

// Voiceprint is the embedding of an enrolment with what is needed to weigh it.
type Voiceprint struct {
	Embedding Embedding
	Net       time.Duration // net speech that it was made from
	Model     string        // name and version of the model that made it; only equal models compare
}

// Domain is a voice profile domain: the set of profiles that a search ranks.
type Domain struct {
	ID, ARN, Name, Description string
	KMSKeyARN                  string
	Tags                       map[string]string
	Token, Fingerprint         string // ClientRequestToken of the creation, and a digest of its parameters
	Created, Updated           time.Time
}

// Profile is an enrolled voice.
type Profile struct {
	ID, ARN, DomainID string
	Voiceprint        Voiceprint // its Embedding is nil where it is not asked for or has been erased
	Created, Updated  time.Time
	Expires           time.Time // after that it is listed but never matched
}

// Match is a profile that a voice was ranked against, with the calibrated probability, 0 to 1, that both are one person.
type Match struct {
	ProfileID  string
	Confidence float64
}

const (
	ProfileLife    = 3 * 365 * 24 * time.Hour // from its making or its last update
	VoiceprintLife = 24 * time.Hour           // of an unclaimed voiceprint, from the later of its making and the call's end
	ResultLife     = 7 * 24 * time.Hour       // of a task after its call's end
)
