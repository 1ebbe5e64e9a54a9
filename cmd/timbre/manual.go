package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"

	"timbre/build"
	"timbre/config"
)

// manual is `timbre man`.
type manual struct{}

// Run prints the man page: the help of all commands, and that of the settings once.
func (manual) Run(app *kong.Kong) error {
	p := page{}
	p.macro("TH", "TIMBRE", "1", "", "timbre "+build.Read().Version, "Timbre")
	p.macro("SH", "NAME")
	p.text("timbre - " + app.Model.Help)
	p.macro("SH", "SYNOPSIS")
	p.text("timbre COMMAND [FLAG]... [ARGUMENT]...")
	p.macro("SH", "COMMANDS")
	var settings []*kong.Flag
	group := ""
	for _, command := range app.Model.Children {
		if title := command.ClosestGroup().Title; title != group {
			group = title
			p.macro("SS", strings.TrimSuffix(title, ":"))
		}
		p.command(command)
		if command.Name == "serve" {
			settings = command.Flags
		}
	}
	p.macro("SH", "SETTINGS")
	p.text("A setting is a flag, a key of the YAML file that --config names, and an environment variable. A flag overrides the " +
		"environment, which overrides the file. timbre init writes a file with all of them.")
	p.flags(settings, func(f *kong.Flag) bool { return !f.Hidden && config.IsSetting(f) })
	p.macro("SH", "EXIT STATUS")
	p.text("0 if the command did what it was asked for, and 1 if not. Where there are others, the command says so.")
	_, err := io.WriteString(app.Stdout, p.String())
	return err
}

// page is a page of the macros of man(7).
type page struct{ strings.Builder }

func (p *page) macro(name string, words ...string) {
	p.WriteString("." + name)
	for _, w := range words {
		fmt.Fprintf(p, ` "%s"`, strings.ReplaceAll(escape.Replace(w), `"`, `""`))
	}
	p.WriteString("\n")
}

// text writes a line in which nothing is a macro.
func (p *page) text(line string) {
	line = escape.Replace(line)
	if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
		line = `\&` + line
	}
	p.WriteString(line + "\n")
}

// escape writes text as roff reads it, with hyphens that can be copied into a command line.
var escape = strings.NewReplacer(`\`, `\e`, "-", `\-`, "\n", " ")

// tagged writes a paragraph with a tag before it.
func (p *page) tagged(tag, line string) {
	p.macro("TP")
	p.macro("B", tag)
	p.text(line)
}

// command writes a command, or its subcommands.
func (p *page) command(c *kong.Node) {
	p.tagged("timbre "+c.Summary(), strings.TrimSpace(c.Help+" "+c.Detail))
	p.macro("RS")
	for _, a := range c.Positional {
		p.tagged(a.Summary(), config.Describe(a))
	}
	p.flags(c.Flags, func(f *kong.Flag) bool { return !f.Hidden && !config.IsSetting(f) })
	if used := usedBy(c); len(used) > 0 {
		p.tagged("Settings", strings.Join(used, ", "))
	}
	for _, sub := range c.Children {
		p.command(sub)
	}
	p.macro("RE")
}

func (p *page) flags(all []*kong.Flag, want func(*kong.Flag) bool) {
	for _, f := range all {
		if want(f) {
			p.tagged(f.Summary(), config.Describe(f.Value))
		}
	}
}

// usedBy names the settings of a command.
func usedBy(c *kong.Node) (names []string) {
	all := true
	for _, f := range c.Flags {
		switch {
		case !config.IsSetting(f):
		case f.Hidden:
			all = false
		default:
			names = append(names, f.Name)
		}
	}
	if all && len(names) > 0 {
		return []string{"all of them"}
	}
	return names
}
