package trunk

import (
	"strings"

	gosip "github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"

	"timbre/sip/header"
)

// maxChallenge is how long a challenge may be.
const maxChallenge = 2048

// proven is a request again, with the answer to the gateway's challenge (RFC 3261, 22; RFC 7616). Nil: there is no password for it.
func (s *side) proven(req *gosip.Request, res *gosip.Response) *gosip.Request {
	known, ok := s.call.e.cfg.Credentials[strings.ToLower(s.realm)]
	if !ok {
		return nil
	}
	ask, answer := "www-authenticate", "Authorization"
	if res.StatusCode == gosip.StatusProxyAuthRequired {
		ask, answer = "proxy-authenticate", "Proxy-Authorization"
	}
	challenge := readChallenge(header.Values(res, ask))
	if challenge == nil {
		return nil
	}
	proof, err := digest.Digest(challenge, digest.Options{Method: req.Method.String(), URI: req.Recipient.String(), Username: known.Username, Password: known.Password, Count: 1})
	if err != nil {
		return nil
	}
	again := req.Clone()
	s.mu.Lock()
	s.seq++
	again.CSeq().SeqNo = s.seq
	s.mu.Unlock()
	again.Via().Params.Add("branch", gosip.GenerateBranch())
	again.AppendHeader(gosip.NewHeader(answer, proof.String()))
	return again
}

// readChallenge is the first challenge that can be answered.
func readChallenge(values []string) *digest.Challenge {
	for _, v := range values {
		if len(v) > maxChallenge || !digest.IsDigest(v) {
			continue
		}
		if c, err := digest.ParseChallenge(v); err == nil && digest.CanDigest(c) {
			return c
		}
	}
	return nil
}
