package console

import (
	"context"
	"net/http"
	"time"

	"timbre"
)

// callOf is a call as the page sees it.
type callOf struct {
	Call    any       `json:"call"`
	Live    bool      `json:"live"`
	Ended   time.Time `json:"ended,omitzero"`
	Lasted  int64     `json:"lastedMs,omitempty"`
	Failure string    `json:"failure,omitempty"`
	Tasks   []task    `json:"tasks,omitempty"`
	Events  []event   `json:"events,omitempty"`
}

// task is a task as the page sees it.
type task struct {
	ID         string    `json:"id"`
	Kind       string    `json:"kind"`
	Status     string    `json:"status"`
	Active     bool      `json:"active"`
	Message    string    `json:"message,omitempty"`
	DomainID   string    `json:"domainId,omitempty"`
	Side       string    `json:"side,omitempty"`
	Identified bool      `json:"identified,omitempty"`
	Matches    []matchOf `json:"matches,omitempty"`
	RunnerUp   float64   `json:"runnerUp,omitempty"`
	Voiceprint string    `json:"voiceprint,omitempty"`
	ProfileID  string    `json:"profileId,omitempty"`
	Created    time.Time `json:"created"`
	Started    time.Time `json:"started,omitzero"`
	Ended      time.Time `json:"ended,omitzero"`
}

// kinds are the names of the kinds of tasks.
var kinds = map[timbre.TaskKind]string{timbre.SpeakerSearch: "speakerSearch", timbre.VoiceTone: "voiceTone"}

func (c *Console) shownTask(t timbre.Task, numbers bool) task {
	side := ""
	if t.Kind == timbre.SpeakerSearch {
		side = t.Side.String()
	}
	return task{
		ID: t.ID, Kind: kinds[t.Kind], Status: string(t.Status), Active: t.Active, Message: c.masked(t.Message, numbers), DomainID: t.DomainID, Side: side,
		Identified: t.Identified, Matches: matches(t.Matches), RunnerUp: t.RunnerUp, Voiceprint: t.VoiceprintStatus, ProfileID: t.ProfileID,
		Created: t.Created.UTC(), Started: t.Started.UTC(), Ended: t.Ended.UTC(),
	}
}

// show is a call without its tasks and events.
func (c *Console) show(call timbre.Call, numbers bool) callOf {
	return callOf{
		Call: c.deps.Show(call, numbers), Live: call.Ended.IsZero(), Ended: call.Ended.UTC(), Lasted: call.Lasted.Milliseconds(),
		Failure: c.masked(call.Failure, numbers),
	}
}

// find returns a call, live or ended. NotFound: there is none, or it is not answered yet.
func (c *Console) find(ctx context.Context, transactionID string) (timbre.Call, error) {
	if call, live := c.snapshot.of(c, transactionID); live {
		return call, nil
	}
	call, live := c.deps.Calls.Call(transactionID) // it has begun since the last snapshot
	if !live {
		var err error
		if call, err = c.deps.Store.Call(ctx, transactionID); err != nil {
			return call, err
		}
	}
	if call.Reserved {
		return call, timbre.Errorf(timbre.NotFound, "console.find", "the call has not been answered")
	}
	return call, nil
}

// tasks are those of a call whose results a visitor may see, the oldest first.
func (c *Console) tasks(ctx context.Context, v visitor, call timbre.Call) ([]timbre.Task, error) {
	all, err := c.deps.Store.TasksOf(ctx, call.TransactionID)
	list := all[:0]
	for _, t := range all {
		if c.reads(v.key, t.Kind, call.ConnectorID) {
			list = append(list, t)
		}
	}
	return list, err
}

// visible are the events that a visitor may see.
func (c *Console) visible(v visitor, connectorID string, all []event, numbers bool) []event {
	list := all[:0]
	for _, e := range all {
		if kind := e.kind(); kind == 0 || c.reads(v.key, kind, connectorID) {
			e.Message = c.masked(e.Message, numbers)
			list = append(list, e)
		}
	}
	return list
}

// masked is a text as a visitor may see it: what peers have sent may stand in it.
func (c *Console) masked(text string, numbers bool) string {
	if numbers {
		return text
	}
	return c.deps.Hide(text)
}

// asked finds the call that a request names, and says whether whole telephone numbers are wanted. False: the request has been refused.
func (c *Console) asked(w http.ResponseWriter, r *http.Request, v visitor) (call timbre.Call, shown, ok bool) {
	if shown, ok = numbers(w, r, v); !ok {
		return call, false, false
	}
	call, err := c.find(r.Context(), r.PathValue("id"))
	if err != nil {
		c.failed(w, r, err)
	}
	return call, shown, err == nil
}

// tellCall tells all of a call.
func (c *Console) tellCall(w http.ResponseWriter, r *http.Request, v visitor) {
	call, shown, ok := c.asked(w, r, v)
	if !ok {
		return
	}
	answer := c.show(call, shown)
	tasks, err := c.tasks(r.Context(), v, call)
	if err != nil {
		c.failed(w, r, err)
		return
	}
	for _, t := range tasks {
		answer.Tasks = append(answer.Tasks, c.shownTask(t, shown))
	}
	all, _ := c.events.since(call.TransactionID, 0)
	answer.Events = c.visible(v, call.ConnectorID, all, shown)
	reply(w, http.StatusOK, answer)
}

// watchCall streams a live call until it has ended.
func (c *Console) watchCall(w http.ResponseWriter, r *http.Request, v visitor) {
	shown, ok := numbers(w, r, v)
	if !ok {
		return
	}
	id := r.PathValue("id")
	call, live := c.deps.Calls.Call(id)
	if !live || call.Reserved {
		refuse(w, http.StatusNotFound, "no live call has this transaction id")
		return
	}
	viewer := &viewer{c: c, v: v, id: id, connector: call.ConnectorID, numbers: shown, told: map[string]taskState{}, heard: cursor{}}
	defer c.speech.look(id)()
	defer viewer.close()
	c.stream(w, r, v, func(s *stream, step int) bool { return viewer.step(r.Context(), s, step) })
}
