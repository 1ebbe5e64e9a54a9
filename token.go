package timbre

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// ParameterDigest identifies the parameters of a request that carries a ClientRequestToken: a repeated token with the same
// digest returns what the first request created. Digests are stored, so the parameters and their order must not change.
func ParameterDigest(parameters ...any) string {
	text, _ := json.Marshal(parameters) // strings, numbers and structs of them always encode, map keys in order
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
