package demo

// Result is the run as data: what --json prints, as one document.
type Result struct {
	Speed   float64      `json:"speed"`           // times real time
	Seconds float64      `json:"seconds"`         // that the run took, by the wall clock
	Right   bool         `json:"right"`           // every name was right
	Error   string       `json:"error,omitempty"` // why not
	People  []Person     `json:"people"`          // who was enrolled
	Calls   []CallResult `json:"calls"`           // in the order of the summary table
}

// Person is an enrolled caller.
type Person struct {
	Name           string `json:"name"`
	VoiceProfileID string `json:"voiceProfileId"`
}

// CallResult is the result of one call.
type CallResult struct {
	Caller        string    `json:"caller"`                  // the true caller
	Recording     string    `json:"recording"`               // id in the manifest of the calls
	Second        bool      `json:"second"`                  // after the enrolments
	Line          string    `json:"line,omitempty"`          // what happened on the caller's leg
	Message       string    `json:"statusMessage,omitempty"` // of the answer
	TransactionID string    `json:"transactionId"`
	SearchTaskID  string    `json:"speakerSearchTaskId"`
	ToneTaskID    string    `json:"voiceToneAnalysisTaskId"`
	Identified    string    `json:"identified"`               // the name that Timbre returned; empty: no match
	ProfileID     string    `json:"voiceProfileId,omitempty"` // of that person
	Confidence    float64   `json:"confidence,omitempty"`
	AnsweredAfter float64   `json:"answeredAfter"` // seconds of the call until the answer; it needs ten of speech
	Right         bool      `json:"right"`         // the name is that of the caller, or on a hopeless line there is none
	Confirmed     bool      `json:"confirmed"`     // GetSpeakerSearchTask agrees with the webhook
	CallerTone    ToneTrack `json:"callerTone"`
	AgentTone     ToneTrack `json:"agentTone"`
}

// ToneTrack is the tone of one leg over a call.
type ToneTrack struct {
	Points  []TonePoint `json:"points"`            // one for each event
	Overall *Scores     `json:"overall,omitempty"` // since the start of the task; absent if there was too little speech
}

// TonePoint is the tone of the 30 s that end at a moment.
type TonePoint struct {
	At float64 `json:"at"` // seconds of the call since the task's start
	Scores
}

// Scores are three numbers from 0 to 1 that add up to 1.
type Scores struct {
	Positive float64 `json:"positive"`
	Neutral  float64 `json:"neutral"`
	Negative float64 `json:"negative"`
	Label    string  `json:"label"` // the highest
}
