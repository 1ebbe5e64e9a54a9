package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"

	kongcompletion "github.com/jotaen/kong-completion"

	"timbre"
	"timbre/config"
)

// runLine runs a command line as main does.
func runLine(t *testing.T, args ...string) error {
	t.Helper()
	parser := newParser(&commands{})
	line, err := parser.Parse(args)
	if err != nil {
		t.Fatal(err)
	}
	return line.Run(parser)
}

// helpOf is what a command that only prints says.
func helpOf(t *testing.T, args ...string) (text string) {
	t.Helper()
	var out bytes.Buffer
	parser := newParser(&commands{})
	parser.Stdout, parser.Stderr = &out, &out
	ended := errors.New("ended")
	parser.Exit = func(int) { panic(ended) }
	defer func() {
		if r := recover(); r != nil && r != ended { //nolint:errorlint // the very one
			panic(r)
		}
		text = out.String()
	}()
	line, err := parser.Parse(args)
	if err != nil {
		t.Fatal(err)
	}
	if err := line.Run(parser); err != nil {
		t.Fatal(err)
	}
	return ""
}

func TestEveryCommandHasAGroupAndHelp(t *testing.T) {
	help := helpOf(t, "--help")
	for _, c := range newParser(&commands{}).Model.Children {
		if c.Group == nil || c.Help == "" || !strings.Contains(help, "  "+c.Name+" ") {
			t.Errorf("got no group or help of %s", c.Name)
		}
	}
	for _, g := range groups {
		if !strings.Contains(help, "\n"+g.Title+"\n") {
			t.Errorf("got the help\n%s\nwant the heading %q in it", help, g.Title)
		}
	}
}

func TestHelpHasTheSettingsThatACommandUses(t *testing.T) {
	for command, c := range map[string]struct{ has, lacks string }{
		"serve":  {"--rtp.ports", "--quiet"},
		"backup": {"--store.url", "--rtp.ports"},
		"call":   {"--sip.listen", "--data"},
		"token":  {"--data", "--store.url"},
		"models": {"--models.tone", "--rtp.ports"},
		"demo":   {"--speed", "--data"},
	} {
		help := helpOf(t, command, "--help")
		if !strings.Contains(help, c.has) || strings.Contains(help, c.lacks) {
			t.Errorf("got the help of %s\n%s\nwant %s in it, and no %s", command, help, c.has, c.lacks)
		}
		if _, err := newParser(&commands{}).Parse([]string{"backup", "x", "--rtp.ports", "40000-50000"}); err != nil {
			t.Errorf("got %v of a setting that the command does not use, want no error", err)
		}
	}
}

func TestSentenceHasNoOperations(t *testing.T) {
	inner := timbre.Errorf(timbre.Unavailable, "store.Open", "the disk is full")
	for want, err := range map[string]error{
		"the disk is full":            inner,
		"the start: the disk is full": fmt.Errorf("the start: %w", inner),
		"no call: the disk is full":   timbre.Errorf(timbre.Unavailable, "phone.Dial", "no call: %w", inner),
		"one\nthe disk is full":       errors.Join(errors.New("one"), inner),
		"a file a.b: of that name":    errors.New("a file a.b: of that name"),
		"http://a:1/x: connection refused": &url.Error{Op: "Get", URL: "http://a:1/x", Err: &net.OpError{
			Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED),
		}},
		"no list: /x: no such file or directory": fmt.Errorf("no list: %w", &fs.PathError{Op: "stat", Path: "/x", Err: syscall.ENOENT}),
		"two: the disk is full, and that":        fmt.Errorf("two: %w, and %w", inner, errors.New("that")),
	} {
		if got := sentence(err); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestManPageHasEveryCommandAndSettingOnce(t *testing.T) {
	page := helpOf(t, "man")
	if page != helpOf(t, "man") {
		t.Error("got another page the second time")
	}
	parser := newParser(&commands{})
	for _, c := range parser.Model.Leaves(true) {
		if n := strings.Count(page, `.B "timbre `+strings.ReplaceAll(c.Path(), "-", `\-`)); n == 0 {
			t.Errorf("got nothing of %s", c.Path())
		}
	}
	_, settings, _ := strings.Cut(page, `.SH "SETTINGS"`)
	for _, key := range config.Keys() {
		if n := strings.Count(settings, `.B "\-\-`+key+"=") + strings.Count(settings, `.B "\-\-`+key+`"`); n != 1 {
			t.Errorf("got %d paragraphs of %s, want 1", n, key)
		}
	}
	for i, line := range strings.Split(page, "\n") {
		if line == "" && i < strings.Count(page, "\n") {
			t.Errorf("got an empty line %d, which roff takes for a break", i+1)
		}
	}
}

func TestShellsAreToldCommandsAndFlags(t *testing.T) {
	for line, c := range map[string]struct{ has, lacks string }{
		"timbre cal":            {"calibrate", "call --"},
		"timbre call --s":       {"--server", "--speech.gates"},
		"timbre backup --st":    {"--store.url", "--store.wait"},
		"timbre outbox ":        {"retry", "backup"},
		"timbre completion ":    {"zsh", "timbre"},
		"timbre serve --rtp.po": {"--rtp.ports", "--sip.listen"},
	} {
		t.Setenv("COMP_LINE", line)
		var out bytes.Buffer
		parser, ended := newParser(&commands{}), false
		parser.Stdout = &out
		kongcompletion.Register(parser, kongcompletion.WithExitFunc(func(int) { ended = true }))
		if !ended || !strings.Contains(out.String(), c.has+"\n") || strings.Contains(out.String(), c.lacks+"\n") {
			t.Errorf("%q: got %q, want %s in it, and no %s", line, &out, c.has, c.lacks)
		}
	}
}

func TestCompletionIsOfTheNameThatTheShellFinds(t *testing.T) {
	for shell, want := range map[string]string{"bash": "-C timbre timbre\n", "zsh": "bashcompinit", "fish": "COMP_LINE"} {
		if got := shells[shell]; !strings.Contains(got, want) {
			t.Errorf("got %q for %s, want %q in it", got, shell, want)
		}
	}
	if _, err := newParser(&commands{}).Parse([]string{"completion", "csh"}); err == nil {
		t.Error("got no error for a shell that is not known")
	}
}
