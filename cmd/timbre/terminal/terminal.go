// Package terminal prints for the commands. Lines and progress come in; text goes out, with control characters only if the output is
// a terminal that supports them.
package terminal

import (
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// Output is an output with its capabilities.
type Output struct {
	io.Writer
	Terminal bool // lines may be overwritten: there can be a progress bar
	Color    bool
	Unicode  bool // block characters show as such
}

// Of determines the capabilities of a file, from its type and from the environment: TERM, NO_COLOR, LC_ALL, LC_CTYPE, LANG.
func Of(f *os.File, env func(string) string) Output {
	o := Output{Writer: f}
	o.Terminal = term.IsTerminal(int(f.Fd())) && env("TERM") != "dumb"
	o.Color = o.Terminal && env("NO_COLOR") == ""
	o.Unicode = utf8(env)
	return o
}

// utf8 reads the locale as the C library does: the first variable that is set decides.
func utf8(env func(string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToLower(env(name)); v != "" {
			return strings.HasSuffix(v, "utf-8") || strings.HasSuffix(v, "utf8")
		}
	}
	return false
}

// Text styles.
const (
	Bold  = "1"
	Dim   = "2"
	Red   = "31"
	Green = "32"
)

// Paint styles text if the output has colour.
func (o Output) Paint(style, text string) string {
	if !o.Color {
		return text
	}
	return "\x1b[" + style + "m" + text + "\x1b[0m"
}
