package config

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/alecthomas/kong"
)

// Page is docs/settings.md: every setting with its variable, default, values and help, in the order of Settings.
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
		fmt.Fprintf(&b, "| `%s` | `%s` | %s | %s | %s |\n", f.Name, variable(f.Name), value, cell(values(f)), cell(f.Help))
	}
	return b.String()
}

// values describes what a setting takes: type, unit and range.
func values(f *kong.Flag) string {
	list := []string{typeName(f)}
	if r := rangeOf(f); r != "" {
		list = append(list, r)
	}
	if f.Tag.Has("secret") {
		list = append(list, "secret")
	}
	return strings.Join(list, "; ")
}

func typeName(f *kong.Flag) string {
	switch {
	case f.Tag.Has("unit"):
		return f.Tag.Get("unit")
	case f.Enum != "":
		return strings.ReplaceAll(f.Enum, ",", " or ")
	case f.PlaceHolder != "":
		return "`" + f.PlaceHolder + "`"
	}
	if name, is := typeNames[f.Target.Type()]; is {
		return name
	}
	return f.Target.Kind().String()
}

// typeNames are the types of settings whose kind does not say enough.
var typeNames = map[reflect.Type]string{
	reflect.TypeFor[time.Duration](): "duration, such as 90s or 5m",
	reflect.TypeFor[Address]():       "`HOST:PORT`",
	reflect.TypeFor[[]Endpoint]():    "`udp://IP:PORT`, `tcp://IP:PORT`, `tls://IP:PORT`, …",
	reflect.TypeFor[Ports]():         "`FIRST-LAST`",
	reflect.TypeFor[string]():        "text",
	reflect.TypeFor[int]():           "number",
	reflect.TypeFor[float64]():       "number",
	reflect.TypeFor[bool]():          "true or false",
}

func cell(s string) string { return strings.ReplaceAll(s, "|", "\\|") }

const pageHead = `# Settings

Generated from the code by ` + "`go test ./config -run SettingsPage -update`" + `. Do not edit.

Each setting has one key. Give it as a flag (` + "`--api.listen HOST:PORT`" + `), as an environment variable (` + "`TIMBRE_API_LISTEN`" + `: the
key in capitals, dots as underscores) or in the YAML file named by ` + "`--config`" + ` (` + "`api.listen: HOST:PORT`" + `, or ` + "`listen`" + ` under
` + "`api`" + `). A flag overrides the environment, which overrides the file. The server does not start with an unknown flag, variable or key;
the error names the nearest one. ` + "`timbre config`" + ` prints the effective values and their origins.

| setting | variable | default | value | meaning |
| --- | --- | --- | --- | --- |
`
