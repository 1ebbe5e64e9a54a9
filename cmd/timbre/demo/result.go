package demo

// Result is the story as data: what --json prints, as one document.
type Result struct {
	Speed   float64  `json:"speed"`           // times real time
	Seconds float64  `json:"seconds"`         // that the story took, by the wall clock
	Right   bool     `json:"right"`           // every name was right
	Error   string   `json:"error,omitempty"` // why not
	People  []Person `json:"people"`          // who was enrolled
	Calls   []Visit  `json:"calls"`           // in the order of the summary table
}

// Person is somebody who was enrolled.
type Person struct {
	Name           string `json:"name"`
	VoiceProfileID string `json:"voiceProfileId"`
}

// Visit is one call of the story.
type Visit struct {
	Caller        string    `json:"caller"`    // who really called
	Recording     string    `json:"recording"` // id in the manifest of the calls
	Second        bool      `json:"second"`    // after the enrolments
	TransactionID string    `json:"transactionId"`
	SearchTaskID  string    `json:"speakerSearchTaskId"`
	ToneTaskID    string    `json:"voiceToneAnalysisTaskId"`
	Identified    string    `json:"identified"`               // who Timbre said it was; empty: nobody it knows
	ProfileID     string    `json:"voiceProfileId,omitempty"` // of that person
	Confidence    float64   `json:"confidence,omitempty"`
	AnsweredAfter float64   `json:"answeredAfter"` // seconds of the call until the answer; it needs ten of speech
	Right         bool      `json:"right"`         // it was who really called
	Confirmed     bool      `json:"confirmed"`     // GetSpeakerSearchTask said what the webhook had said
	CallerTone    ToneTrack `json:"callerTone"`
	AgentTone     ToneTrack `json:"agentTone"`
}

// ToneTrack is how one leg sounded over a call.
type ToneTrack struct {
	Points  []TonePoint `json:"points"`            // one for each event
	Overall *Scores     `json:"overall,omitempty"` // since the task's start; none when there was too little speech
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
