package config

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/alecthomas/kong"
)

// Template is a file of settings to begin with: every setting with its help and its default, commented out, but for a data folder if it is
// to have one.
func Template(data string) string {
	var b strings.Builder
	b.WriteString(templateHead)
	defaults := Defaults()
	for _, f := range flags(&defaults) {
		if f.Name == fileKey {
			continue
		}
		b.WriteString("\n")
		for _, line := range fold(f.Help+" ("+strings.ReplaceAll(values(f), "`", "")+")", templateWidth) {
			b.WriteString("# " + line + "\n")
		}
		if f.Name == "data" && data != "" {
			fmt.Fprintf(&b, "data: %s\n", quote(data))
			continue
		}
		fmt.Fprintf(&b, "#%s: %s\n", f.Name, quote(sample(f)))
	}
	return b.String()
}

const templateWidth = 110

const templateHead = `# Settings of a Timbre server. Those that are commented out have their defaults, or, where there is none, the form of a value.
# An environment variable overrides a line here (api.listen: TIMBRE_API_LISTEN), and a flag both (--api.listen).
`

// plain is text that YAML takes as it is written.
var plain = regexp.MustCompile(`^[A-Za-z0-9/][A-Za-z0-9./_-]*$`)

// sample is the default of a setting, or the form of its values.
func sample(f *kong.Flag) string {
	switch {
	case f.Tag.Default != "":
		return f.Tag.Default
	case f.PlaceHolder != "":
		return f.PlaceHolder
	}
	return text(f.Target)
}

// quote writes a text as YAML.
func quote(value string) string {
	if plain.MatchString(value) {
		return value
	}
	return fmt.Sprintf("%q", value)
}

// fold breaks text into lines of at most so many characters, where its words allow it.
func fold(text string, width int) (lines []string) {
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && len(line)+1+len(word) > width {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	return append(lines, line)
}
