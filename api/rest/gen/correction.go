package main

import (
	"fmt"
	"strings"
)

// corrected fixes errors of the published models in the patterns of request tokens: Voice has their length after the anchor, where it has no
// effect, and both services allow only characters that existing clients do not keep to. See docs/decisions/0009.
func corrected(name string, s shape) shape {
	if name == "ClientRequestId" || name == "ClientRequestToken" {
		least, most := 2, 64
		s.Pattern, s.Min, s.Max = "[!-~]*", &least, &most
	}
	return s
}

// pattern returns a pattern as Go source. A leading negative look-ahead becomes an exception.
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
