package config

import (
	"fmt"
	"reflect"
	"strings"
)

// Page is docs/settings.md: every setting with its default and help, in the order of Settings.
func Page() string {
	var b strings.Builder
	b.WriteString(pageHead)
	defaults := Defaults()
	for _, f := range flags(&defaults) {
		if f.Name == fileKey {
			continue
		}
		value := f.Tag.Default
		if value == "" && f.Target.Kind() == reflect.Bool {
			value = "false"
		}
		if value != "" {
			value = "`" + value + "`"
		}
		help := f.Help
		if f.Tag.Enum != "" {
			help += " One of: " + strings.ReplaceAll(f.Tag.Enum, ",", ", ") + "."
		}
		if f.PlaceHolder != "" {
			help += " Form: `" + f.PlaceHolder + "`."
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", f.Name, value, strings.ReplaceAll(help, "|", "\\|"))
	}
	return b.String()
}

const pageHead = `# Settings

Generated from the code by ` + "`go test ./config -run SettingsPage -update`" + `. Do not edit.

Each setting has one key. Give it as a flag (` + "`--api.listen HOST:PORT`" + `), as an environment variable (` + "`TIMBRE_API_LISTEN`" + `: the
key in capitals, dots as underscores) or in the YAML file named by ` + "`--config`" + ` (` + "`api.listen: HOST:PORT`" + `, or ` + "`listen`" + ` under
` + "`api`" + `). A flag overrides the environment, which overrides the file. The server does not start with an unknown flag, variable or key;
the error names the nearest one. ` + "`timbre config`" + ` prints the effective values and their origins.

| setting | default | meaning |
| --- | --- | --- |
`
