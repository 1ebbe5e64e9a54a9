package timbre

import "time"

// Embedding is the vector of a voice: 256 values, L2-normalised, so that the dot product of two is their cosine similarity.
type Embedding []float32

// Voiceprint is an enrolment embedding with what its calibration depends on.
type Voiceprint struct {
	Embedding Embedding
	Net       time.Duration // net speech that it was computed from
	Model     string        // id of the model; only embeddings of one model can be compared
	Condition Condition     // of the line; the zero value for voiceprints that older versions made
	Audio     []int16       // that it was computed from, if it is to be kept; never returned with it: see EnrolmentAudio
}

// Erase overwrites the embedding and the audio, of which nothing may be left in memory. A nil voiceprint has none.
func (v *Voiceprint) Erase() {
	if v != nil {
		clear(v.Embedding)
		clear(v.Audio)
	}
}

// Condition is the condition of the line that a voiceprint was made under. A field that is 0 is unknown, and no calibration takes it
// for better or worse than usual.
type Condition struct {
	Level   float32 // of the speech, in dBFS: below 0
	SNR     float32 // of the speech above the quietest moments, in dB
	Clipped float32 // share of samples at the limit, 0 to 1
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
	Voiceprint        Voiceprint // Embedding is nil if it was not requested or has been erased
	Tasks             []string   // the last speaker searches that it is computed from; nil for profiles that older versions made
	Created, Updated  time.Time
	Expires           time.Time // from then on it is listed but never matched
}

// Match is a profile that a voice was compared with, and the calibrated probability, 0 to 1, that both are the same person.
type Match struct {
	ProfileID  string
	Confidence float64
}

// Segments are the embeddings of overlapping segments of audio, from its beginning; nil: that one has not been embedded. The voices in it are
// told apart by them.
type Segments []Embedding

// Erase overwrites the segments, of which nothing may be left in memory.
func (s *Segments) Erase() {
	for _, e := range *s {
		clear(e)
	}
	*s = nil
}

// Voices are the voices that were told apart in voiced audio.
type Voices struct {
	PCM   []float32     // of the voice that has spoken longest, and clearly of it alone
	Net   time.Duration // its net speech
	Other time.Duration // net speech of a second voice; 0: there is none
}

// ModelUse is how much is stored of one speaker model.
type ModelUse struct {
	Model             string
	Profiles, Domains int
}

// Finding is what a search of a domain for a voice has found.
type Finding struct {
	Matches []Match // best first
	// RunnerUp is the probability of the best profile that is no match; 0: there is none.
	RunnerUp float64
	Sure     bool   // more speech of the voice is unlikely to change who is found; without any profile, nobody is found for sure
	Skipped  string // which profiles of the domain could not be compared, because they are of another speaker model; empty: none
}

// Retention periods.
const (
	ProfileLife    = 3 * 365 * 24 * time.Hour // from its creation or its last update
	VoiceprintLife = 24 * time.Hour           // of a voiceprint that is not enrolled, from the later of its creation and the end of the call
	PagePlaceLife  = 24 * time.Hour           // of the place of a deleted item, after which a page may follow
	ResultLife     = 7 * 24 * time.Hour       // of a task and its call, from the end of the call; of a pipeline, from its own end
)
