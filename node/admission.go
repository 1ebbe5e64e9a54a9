package node

import (
	"context"

	"timbre/admission"
	"timbre/admission/source"
)

// openAdmission reads no connector yet: the first request does.
func (n *Node) openAdmission(context.Context) error {
	s := n.settings.SIP
	n.admission = admission.New(n.env,
		admission.Config{
			Sources: source.Config{Invites: s.Invites, Ban: s.Ban, DropUnknown: s.Strangers == "drop"},
			MaxCPS:  n.settings.QuotaLimits().CPS,
		}, n.store)
	return nil
}
