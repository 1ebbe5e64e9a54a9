package node

import (
	"math"
	"time"

	"timbre"
)

// LiveCall is an entry of GET /calls: see docs/calls.md.
type LiveCall struct {
	TransactionID string    `json:"transactionId"`
	ConnectorID   string    `json:"connectorId"`
	CallID        string    `json:"callId"`
	From          string    `json:"from"`
	To            string    `json:"to"`
	Group         string    `json:"group,omitempty"` // shared by calls that belong together
	Started       time.Time `json:"started"`
	Legs          []LiveLeg `json:"legs"`
	Warnings      []string  `json:"warnings,omitempty"` // what is doubtful about the legs
}

// LiveLeg is one leg of a LiveCall.
type LiveLeg struct {
	Side     string    `json:"side"` // caller, callee or mixed
	Label    string    `json:"label,omitempty"`
	Party    string    `json:"party,omitempty"`
	Received *Received `json:"received,omitempty"` // nil if the leg does not arrive as a stream of packets
}

// Received is the reception of a leg so far.
type Received struct {
	Codec         string  `json:"codec,omitempty"` // empty until a packet arrives
	Packets       uint64  `json:"packets"`
	Lost          uint64  `json:"lost"`
	Loss          float64 `json:"lossPercent"`
	Late          uint64  `json:"late"`
	Duplicates    uint64  `json:"duplicates"`
	Dropped       uint64  `json:"dropped"`
	SenderReports uint64  `json:"senderReports"`
	Jitter        float64 `json:"jitterMs"`
	MOS           float64 `json:"mos,omitempty"` // 1 to 4.41; 0 until a packet arrives
}

// liveCalls converts calls for GET /calls. receptions returns the reception of each leg of a call.
func liveCalls(calls []timbre.Call, receptions func(txid string) []*timbre.Reception) []LiveCall {
	list := make([]LiveCall, 0, len(calls)) // encodes as an empty list, not as null
	for _, c := range calls {
		l := LiveCall{c.TransactionID, c.ConnectorID, c.CallID, c.From, c.To, c.Group, c.Started, []LiveLeg{}, c.Warnings}
		legs := receptions(c.TransactionID)
		for i, leg := range c.Legs {
			live := LiveLeg{leg.Side.String(), leg.Label, leg.Party, nil}
			if i < len(legs) { // since then a leg may have joined, or the call may have ended
				live.Received = received(legs[i])
			}
			l.Legs = append(l.Legs, live)
		}
		list = append(list, l)
	}
	return list
}

func received(r *timbre.Reception) *Received {
	if r == nil {
		return nil
	}
	return &Received{
		r.Codec, r.Packets, r.Lost, roundHundredth(100 * r.Loss()), r.Late, r.Duplicates, r.Dropped, r.SenderReports,
		roundHundredth(float64(r.Jitter) / float64(time.Millisecond)), r.MOS(),
	}
}

func roundHundredth(x float64) float64 { return math.Round(x*100) / 100 }
