package demo

import "time"

// event holds the fields of a notification that the scenario reads.
type event struct {
	ID     string `json:"id"`
	Type   string `json:"detail-type"`
	Detail struct {
		Status        string  `json:"detailStatus"`
		Message       string  `json:"statusMessage"`
		TaskID        string  `json:"taskId"`
		TransactionID string  `json:"transactionId"`
		IsCaller      *bool   `json:"isCaller"`
		Search        *search `json:"speakerSearchDetails"`
		Tone          *tones  `json:"voiceToneAnalysisDetails"`
		Call          struct {
			TransactionID string `json:"transactionId"`
		} `json:"callDetails"`
	} `json:"detail"`
}

type search struct {
	Results []struct {
		ProfileID  string  `json:"voiceProfileId"`
		Confidence float64 `json:"confidenceScore"`
	} `json:"results"`
}

type tones struct {
	Current *span `json:"currentAverageVoiceTone"`
	Overall *span `json:"overallAverageVoiceTone"`
}

type span struct {
	Start time.Time `json:"startTime"`
	End   time.Time `json:"endTime"`
	Label string    `json:"voiceToneLabel"`
	Score struct {
		Positive float64 `json:"positive"`
		Neutral  float64 `json:"neutral"`
		Negative float64 `json:"negative"`
	} `json:"voiceToneScore"`
}

func (s *span) scores() Scores {
	return Scores{s.Score.Positive, s.Score.Neutral, s.Score.Negative, s.Label}
}

// transaction is the transaction id of the call that an event concerns.
func (e event) transaction() string {
	if e.Detail.TransactionID != "" {
		return e.Detail.TransactionID
	}
	return e.Detail.Call.TransactionID
}
