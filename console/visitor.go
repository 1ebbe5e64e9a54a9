package console

import (
	"encoding/json"
	"errors"
	"net/http"

	"timbre"
)

// visitor is who has sent a request.
type visitor struct {
	session *session
	key     timbre.Key
}

// handler serves a request of who has signed in.
type handler func(w http.ResponseWriter, r *http.Request, v visitor)

// Visitor returns the access key whose session a request carries; false: it carries none that is valid. A request that changes something
// must come from the page, which its browser says.
func (c *Console) Visitor(r *http.Request) (timbre.Key, bool) {
	v, ok := c.visitor(r)
	return v.key, ok
}

// background is a header of requests that the page sends without anybody at the keyboard. They keep no session alive.
const background = "X-Timbre-Background"

func (c *Console) visitor(r *http.Request) (v visitor, ok bool) {
	id := sessionCookie.of(r)
	if id == "" || !ofPage(r) {
		return v, false
	}
	used := r.Header.Get(background) == "" && r.Header.Get("Accept") != "text/event-stream" // which browsers open again by themselves
	v.session, v.key, ok = c.sessions.find(id, sourceOf(r), used)
	return v, ok
}

// ofPage says whether a request changes nothing, or a browser says that a page has sent it: which one, Origin and Sec-Fetch-Site say, and
// what wraps the console has refused those of others.
func ofPage(r *http.Request) bool {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return true
	}
	return r.Header.Get("Origin") != "" || r.Header.Get("Sec-Fetch-Site") == "same-origin"
}

// signedIn lets only those pass who have signed in, and whose key has a share left.
func (c *Console) signedIn(h handler) http.HandlerFunc {
	h = c.costs(1, h)
	return func(w http.ResponseWriter, r *http.Request) {
		v, ok := c.visitor(r)
		if !ok {
			refuse(w, http.StatusUnauthorized, "sign in first")
			return
		}
		h(w, r, v)
	}
}

// need lets only those pass whose key has a right.
func (c *Console) need(right string, h handler) http.HandlerFunc {
	return c.signedIn(func(w http.ResponseWriter, r *http.Request, v visitor) {
		if !v.key.May(right, "*") {
			lacks(w, right)
			return
		}
		h(w, r, v)
	})
}

// numbers says whether a request asks for whole telephone numbers. False: it may not, and has been refused.
func numbers(w http.ResponseWriter, r *http.Request, v visitor) (shown, ok bool) {
	if r.URL.Query().Get("numbers") != "show" {
		return false, true
	}
	if !v.key.May(timbre.ActionGetNumbers, "*") {
		lacks(w, timbre.ActionGetNumbers)
		return false, false
	}
	return true, true
}

func reply(w http.ResponseWriter, status int, answer any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer) // a browser that has gone gets nothing
}

func refuse(w http.ResponseWriter, status int, message string) {
	reply(w, status, struct {
		Message string `json:"message"`
	}{message})
}

func lacks(w http.ResponseWriter, right string) {
	refuse(w, http.StatusForbidden, "the access key does not have the right "+right)
}

// statuses are those of the kinds of errors that a visitor can act on.
var statuses = map[timbre.Kind]int{
	timbre.Invalid: http.StatusBadRequest, timbre.NotFound: http.StatusNotFound, timbre.Limit: http.StatusBadRequest,
	timbre.Conflict: http.StatusConflict, timbre.Throttled: http.StatusTooManyRequests, timbre.Unavailable: http.StatusServiceUnavailable,
}

// failed answers an error. What is no fault of the visitor is logged, and not told.
func (c *Console) failed(w http.ResponseWriter, r *http.Request, err error) {
	status, known := statuses[timbre.KindOf(err)]
	if e := (*timbre.Error)(nil); known && errors.As(err, &e) {
		refuse(w, status, e.Msg)
		return
	}
	if r.Context().Err() == nil {
		c.env.Log.Error("the console cannot answer a request", "path", r.Pattern, "error", err)
	}
	refuse(w, http.StatusInternalServerError, "the server has failed: see its log")
}
