package console

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"timbre"
)

// CallbackPath is where an issuer sends browsers back to, by a link of another site.
const CallbackPath = "/console/oidc/callback"

// Issuer signs people in by OpenID Connect.
type Issuer interface {
	// Address is where a browser is sent to sign in. Unavailable: the issuer does not answer.
	Address(ctx context.Context, c Challenge) (string, error)
	// Redeem returns whom the answer of the issuer, the query of the callback, is about. AccessDenied: nobody who may sign in.
	// Unavailable: the issuer does not answer.
	Redeem(ctx context.Context, answer url.Values, c Challenge) (Person, error)
}

// Person is who has signed in by an issuer.
type Person struct {
	Subject string // the issuer's identifier of the person
	KeyID   string // the access key whose rights the person has
}

// leaveForIssuer sends a browser to the issuer.
func (c *Console) leaveForIssuer(w http.ResponseWriter, r *http.Request) {
	if _, host, _ := strings.Cut(c.cfg.Home, "://"); !strings.EqualFold(host, r.Host) {
		redirect(w, c.cfg.Home+"/") // the issuer sends browsers back there, without the cookies of other names
		return
	}
	challenge := newChallenge()
	to, err := c.deps.Issuer.Address(r.Context(), challenge)
	if err != nil {
		c.leaveOut(w, r, "unavailable", err)
		return
	}
	pendingCookie.set(w, r, c.pendings.add(challenge, sourceOf(r)))
	redirect(w, to)
}

// comeFromIssuer opens a session for whom the issuer has signed in, if it was this browser that left for it.
func (c *Console) comeFromIssuer(w http.ResponseWriter, r *http.Request) {
	answer := r.URL.Query()
	challenge, ok := c.pendings.take(pendingCookie.of(r), answer.Get("state"))
	if !ok { // counts as no attempt: the page of another site can make a browser ask for this
		c.leaveOut(w, r, "expired", timbre.Errorf(timbre.AccessDenied, "", "the answer is of no sign-in that this browser has begun lately"))
		return
	}
	pendingCookie.set(w, r, "")
	if !c.deps.Attempts.May(sourceOf(r), "") {
		c.leaveOut(w, r, "throttled", nil)
		return
	}
	person, err := c.deps.Issuer.Redeem(r.Context(), answer, challenge)
	if err == nil {
		var key timbre.Key
		if key, err = c.entitled(r, person); err == nil {
			c.admit(w, r, key, person.Subject)
			redirect(w, "/")
			return
		}
	}
	if timbre.KindOf(err) == timbre.Unavailable {
		c.leaveOut(w, r, "unavailable", err)
		return
	}
	c.deps.Attempts.Failed(sourceOf(r), "")
	c.leaveOut(w, r, "refused", err)
}

// entitled returns the key of a person, if it may be used now and from where the request comes.
func (c *Console) entitled(r *http.Request, p Person) (timbre.Key, error) {
	key, known := c.deps.Keys.Key(p.KeyID)
	if !known || key.Expired(c.env.Now()) || !key.From(sourceOf(r)) {
		return key, timbre.Errorf(timbre.AccessDenied, "", "the access key %s of %q is gone, has expired, or may not be used from here", p.KeyID, p.Subject)
	}
	return key, nil
}

// leaveOut sends a browser back to the page, which has words for the outcome. The reason is for the log alone.
func (c *Console) leaveOut(w http.ResponseWriter, r *http.Request, outcome string, err error) {
	c.metrics.signIns.WithLabelValues(outcome).Inc()
	if source := sourceOf(r); err != nil {
		c.env.Repeats.Count(c.env.Log, source.String(), "a sign-in to the console by the issuer fails", "source", source, "outcome", outcome, "error", err)
	}
	redirect(w, "/?oidc="+outcome)
}

// redirect sends a browser elsewhere, without telling there what it has asked for here.
func redirect(w http.ResponseWriter, to string) {
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.Header().Set("Location", to)
	w.WriteHeader(http.StatusSeeOther)
}
