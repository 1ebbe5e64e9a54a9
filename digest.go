package timbre

// The values of the setting sip.digest, and of the tag that overrides it.
const (
	DigestMD5    = "md5" // and SHA-256
	DigestSHA256 = "sha-256"
)

// DigestAlgorithms are the algorithms of SIP digests that a connector takes and makes (RFC 7616, RFC 8760), by its tag or else by the setting.
// MD5 comes first where it is allowed: many clients read the first challenge only, and know nothing else.
func DigestAlgorithms(c Connector, setting string) []string {
	if tag := c.Tags[DigestTag]; tag != "" {
		setting = tag
	}
	if setting == DigestSHA256 {
		return []string{"SHA-256"}
	}
	return []string{"MD5", "SHA-256"}
}
