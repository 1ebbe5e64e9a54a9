package sip

import "regexp"

// personal is what may be somebody's number in a text that a peer had a hand in: the user part of a URI, and any long
// number.
var personal = regexp.MustCompile(`(?i)\b(sips?|tel)(:|%3a)[^@;>\s"']+|(\+|%2B)?[0-9]{7,}`)

// private is a text without what may be personal, for the log.
func private(text string) string { return personal.ReplaceAllString(text, "…") }
