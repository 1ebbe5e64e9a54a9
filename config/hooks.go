package config

import (
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/alecthomas/kong"

	"timbre"
)

// Options for kong.New, for a grammar that contains Settings.
func Options() []kong.Option {
	return append(mappers(), kong.ValueFormatter(Describe), kong.PostBuild(showUsed))
}

// Describe is the help of a flag; that of a setting says what values it takes, and its variable.
func Describe(v *kong.Value) string {
	if v.Flag == nil || !IsSetting(v.Flag) {
		return kong.DefaultHelpValueFormatter(v)
	}
	help := v.Help
	if r := rangeOf(v.Flag); r != "" {
		help += " Value: " + r + "."
	}
	return help + " ($" + variable(v.Name) + ")"
}

// fileKey is the only setting that the file cannot contain.
const fileKey = "config"

const variablePrefix = "TIMBRE_"

// variable returns the environment variable of a key.
func variable(key string) string {
	return variablePrefix + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
}

// flags returns the flags of s, which set the fields of s.
func flags(s *Settings) []*kong.Flag {
	k, err := kong.New(s, kong.NoDefaultHelp())
	if err != nil {
		panic(err) // the tags of Settings are wrong
	}
	return k.Model.Flags
}

// Keys lists all settings, in the order of Settings.
func Keys() []string { return slices.Clone(keys()) }

var keys = sync.OnceValue(func() (keys []string) {
	for _, f := range flags(new(Settings)) {
		if f.Name != fileKey {
			keys = append(keys, f.Name)
		}
	}
	return keys
})

// BeforeResolve is a hook that kong calls after parsing the flags. It adds the environment and the file.
func (s *Settings) BeforeResolve(ctx *kong.Context) error {
	r := &resolver{known: map[string]bool{}, origins: map[string]Origin{}}
	s.origins = r.origins
	for _, k := range keys() {
		r.known[k] = true
	}
	if err := unknownVariable(os.Environ()); err != nil {
		return err
	}
	r.path = os.Getenv(variable(fileKey))
	for _, p := range ctx.Path {
		if p.Flag != nil && p.Flag.Name == fileKey {
			r.path = ctx.FlagValue(p.Flag).(string)
		}
		if p.Flag != nil && r.known[p.Flag.Name] {
			r.origins[p.Flag.Name] = Origin{Source: FromFlag, Name: "--" + p.Flag.Name}
		}
	}
	if r.path != "" {
		var err error
		if r.file, err = readFile(r.path); err != nil {
			return err
		}
	}
	ctx.AddResolver(r)
	return nil
}

// serviceLink matches the variables that Kubernetes sets in every container for a service named timbre.
var serviceLink = regexp.MustCompile(`^TIMBRE_(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT|PORT_\d+_(TCP|UDP)(_.+)?)$`)

// tokenVariable is of the commands that ask a server, and no setting.
const tokenVariable = variablePrefix + "OPERATOR_TOKEN"

// unknownVariable returns an error for a variable that begins like those of settings and is none. A misspelt one would otherwise
// have no effect.
func unknownVariable(environ []string) error {
	names := []string{variable(fileKey), tokenVariable}
	for _, k := range keys() {
		names = append(names, variable(k))
	}
	for _, pair := range environ {
		name, _, _ := strings.Cut(pair, "=")
		if strings.HasPrefix(name, variablePrefix) && !slices.Contains(names, name) && !serviceLink.MatchString(name) {
			return fmt.Errorf("there is no setting for the environment variable %s; the nearest is %s", name, timbre.Nearest(name, names))
		}
	}
	return nil
}

// resolver supplies kong with the values of the environment and the file.
type resolver struct {
	known   map[string]bool
	path    string
	file    map[string]given
	origins map[string]Origin
}

func (*resolver) Validate(*kong.Application) error { return nil }

// Resolve returns the value of a flag that was not given.
func (r *resolver) Resolve(_ *kong.Context, _ *kong.Path, f *kong.Flag) (any, error) {
	if f.Name == fileKey && r.path != "" {
		return r.path, nil
	}
	if !r.known[f.Name] {
		return nil, nil
	}
	from := Origin{FromEnv, variable(f.Name)}
	value := os.Getenv(from.Name)
	if value == "" {
		in := r.file[f.Name]
		if value = in.value; value == "" {
			return nil, nil
		}
		from = Origin{FromFile, fmt.Sprintf("%s, line %d", r.path, in.line)}
	}
	// Kong reports errors as if a flag had the value. Decoding it here first lets the error name the true origin.
	scratch := reflect.New(f.Target.Type()).Elem()
	try := &kong.DecodeContext{Value: f.Value, Scan: kong.ScanFromTokens(kong.Token{Value: value, Type: kong.FlagValueToken})}
	err := f.Mapper.Decode(try, scratch)
	if err == nil {
		err = checkEnum(f, scratch)
	}
	if err != nil {
		return nil, fmt.Errorf("%w (in %s)", err, from.Name)
	}
	r.origins[f.Name] = from
	return value, nil
}
