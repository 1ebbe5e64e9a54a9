package main

import (
	"fmt"
	"strings"
)

// corrected mends what the published models say wrongly of request tokens. Voice spells their length after the anchor, where
// it bounds nothing; and both spell characters that clients in use do not keep to: see docs/decisions/0009.
func corrected(name string, s shape) shape {
	if name == "ClientRequestId" || name == "ClientRequestToken" {
		least, most := 2, 64
		s.Pattern, s.Min, s.Max = "[!-~]*", &least, &most
	}
	return s
}

// pattern writes a pattern as Go, a leading negative look-ahead as an exception.
func pattern(text string) string {
	ahead, ok := strings.CutPrefix(text, "(?!")
	if !ok {
		return "whole(" + quote(text) + ")"
	}
	depth, end := 1, 0
	for end = range ahead {
		switch ahead[end] {
		case '(':
			depth++
		case ')':
			depth--
		}
		if depth == 0 {
			break
		}
	}
	return fmt.Sprintf("wholeExcept(%s, %s, %s)", quote(text), quote(ahead[end+1:]), quote(ahead[:end]))
}
