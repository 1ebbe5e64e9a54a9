package node

import (
	"context"

	"timbre/admission"
	"timbre/admission/source"
	"timbre/toll"
)

// openAdmission reads who may use which connector. A store that fails is no reason not to start: it is read again while the node runs.
func (n *Node) openAdmission(ctx context.Context) error {
	s := n.settings.SIP
	n.admission = admission.New(n.env,
		admission.Config{
			Sources: source.Config{
				Invites: s.Invites, Ban: s.Ban, DropUnknown: s.Strangers == "drop", Connections: n.descriptors.Limit() / strangersPart,
			},
			Digest: s.Digest,
			MaxCPS: n.settings.QuotaLimits().CPS,
		}, n.store)
	if err := n.admission.Load(ctx); err != nil {
		n.env.Log.Error("the allow list cannot be read: no call is taken until it can", "error", err)
	}
	if err := n.admission.Keep(ctx, n.store); err != nil {
		n.env.Log.Error("who has proven a password cannot be read: they are challenged again", "error", err)
	}
	return nil
}

// openTolls creates the guard of calls that are put through.
func (n *Node) openTolls(context.Context) error {
	s := n.settings.Trunk
	n.tolls = toll.New(n.env, toll.Config{Premium: s.Premium == "pass", Calls: s.Calls, Minutes: s.Minutes}, toll.Deps{
		Announcer: n.events, Poster: n.store,
	})
	return nil
}
