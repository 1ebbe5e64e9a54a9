package transport

import "regexp"

// personal matches what may be a person's number in a text that a peer has influenced: the user part of a URI, and any long
// number.
var personal = regexp.MustCompile(`(?i)\b(sips?|tel)(:|%3a)[^@;>\s"']+|(\+|%2B)?[0-9]{7,}`)

// Redact removes telephone numbers and user names from a text for the server's log.
func Redact(text string) string { return personal.ReplaceAllString(text, "…") }
