package console

import (
	"net/http"
	"time"

	"timbre"
)

// About is what the page tells of the server.
type About struct {
	Version string   `json:"version"`
	Commit  string   `json:"commit,omitempty"`
	Account string   `json:"account"`
	Region  string   `json:"region"`
	API     string   `json:"api"`
	SIP     []string `json:"sip"`
	Feed    string   `json:"feed,omitempty"`
	Load    float64  `json:"load"`
	Limits  []Limit  `json:"limits"`
	Models  []Model  `json:"models"`
}

// Limit is how much of a resource is used.
type Limit struct {
	Of    string  `json:"of"`
	Used  float64 `json:"used"`
	Limit float64 `json:"limit"` // 0: none
	Bytes bool    `json:"bytes"`
}

// Model is a neural network of the server.
type Model struct {
	ID        string `json:"id"`
	Kind      string `json:"kind"`
	InUse     bool   `json:"inUse"`
	BuiltIn   bool   `json:"builtIn"`
	Licence   string `json:"licence"`
	Source    string `json:"source"`
	Dimension int    `json:"dimension,omitempty"`
	Card      string `json:"card,omitempty"` // its model card, in Markdown: what it was measured at, and where it is weak
}

// KeyUse is an access key with the time of its last use since the server was started; zero: none.
type KeyUse struct {
	timbre.Key
	Last time.Time
}

func (c *Console) tellServer(w http.ResponseWriter, r *http.Request, _ visitor) {
	reply(w, http.StatusOK, c.deps.About(r.Context()))
}

// keyOf is an access key as the page sees it: without its secrets.
type keyOf struct {
	ID      string    `json:"id"`
	User    string    `json:"user"`
	Expires time.Time `json:"expires,omitzero"`
	Last    time.Time `json:"lastUsed,omitzero"`
	Sources []string  `json:"sources,omitempty"`
	Actions []grantOf `json:"actions,omitempty"` // nil: it may do everything
}

type grantOf struct {
	Action   string `json:"action"`
	Resource string `json:"resource"`
}

func (c *Console) tellKeys(w http.ResponseWriter, _ *http.Request, _ visitor) {
	answer := struct {
		Keys  []keyOf   `json:"keys"`
		Since time.Time `json:"since"`
	}{Keys: []keyOf{}, Since: c.began}
	for _, k := range c.deps.KeyUses() {
		of := keyOf{ID: k.ID, User: k.User, Expires: k.Expires.UTC(), Last: k.Last.UTC()}
		for _, s := range k.Sources {
			of.Sources = append(of.Sources, s.String())
		}
		for _, g := range k.Grants {
			of.Actions = append(of.Actions, grantOf(g))
		}
		answer.Keys = append(answer.Keys, of)
	}
	reply(w, http.StatusOK, answer)
}
