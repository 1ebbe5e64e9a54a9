package trunk

import (
	"testing"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
)

const theirs, ours = "<sip:+15550100@x>", "<sip:+12065550177@192.0.2.100>"

// What a gateway learns of who calls depends on whether the caller is believed, wants to be private, and the gateway is trusted.
func TestIdentityStaysInTheTrustDomain(t *testing.T) {
	for name, c := range map[string]struct {
		user, number, privacy string
		trusted               bool
		want                  string // P-Asserted-Identity at the gateway; empty: none
		others                bool   // Remote-Party-ID and Diversion reach it
	}{
		"of a PBX":                                   {want: theirs, others: true},
		"of a PBX, private":                          {privacy: "header; ID"},
		"of a PBX, private from others":              {privacy: "user;header", want: theirs, others: true},
		"of a PBX, private, to a trusted gateway":    {privacy: "id", trusted: true, want: theirs, others: true},
		"of a password":                              {user: "ann", number: "+12065550177"},
		"of a password, to a trusted gateway":        {user: "ann", number: "+12065550177", trusted: true, want: ours},
		"of a password without a number, to trusted": {user: "ann", trusted: true},
	} {
		t.Run(name, func(t *testing.T) {
			in(t, Config{Trusted: map[string]bool{gw: c.trusted}}, func(t *testing.T, h *bench) {
				h.access = timbre.Access{Username: c.user, Identity: c.number}
				h.call(audio(ann, 4000), "P-Asserted-Identity: "+theirs, "Remote-Party-ID: "+theirs, "diversion: "+theirs, "X-Account: 17", "P-Early-Media: supported",
					"P-Called-Party-ID: "+theirs, "P-DCS-Billing-Info: 1/1@x", "Attestation-Info: A", "Privacy: "+c.privacy)
				invite := h.next(gosip.INVITE)
				wantLines(t, invite.Request, "X-Account: 17", "P-Early-Media: supported")
				got := ""
				if all := invite.Request.GetHeaders(assertedIdentity); len(all) == 1 {
					got = all[0].Value()
				}
				if got != c.want {
					t.Errorf("got %q asserted, want %q", got, c.want)
				}
				for _, other := range []string{"Remote-Party-ID", "Diversion", "P-Called-Party-ID", "P-DCS-Billing-Info", "Attestation-Info"} {
					if got := invite.Request.GetHeader(other) != nil; got != c.others {
						t.Errorf("got %s %v, want %v", other, got, c.others)
					}
				}
				invite.Answer(486)
			})
		})
	}
}
