package main

import (
	"fmt"
	"strings"
)

// corrected mends what the published models say wrongly. Voice spells the length of a request token after the anchor,
// where it bounds nothing; the pipelines model of the same field has it right.
func corrected(name string, s shape) shape {
	if name == "ClientRequestId" {
		least, most := 2, 64
		s.Pattern, s.Min, s.Max = "[-_a-zA-Z0-9]*", &least, &most
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
