package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// settingsGroup heads the settings in the help of a command.
var settingsGroup = &kong.Group{Key: "settings", Title: "Settings, which also the file and the environment give:"}

// IsSetting tells a setting from a flag of the command's own.
func IsSetting(f *kong.Flag) bool { return f.Group == settingsGroup }

// showUsed leaves in the help of each command only the settings that it uses: those that the tag uses of its field Settings names, one by
// one or by their prefix, or all without the tag. The others are accepted, because a file has those of all commands.
func showUsed(k *kong.Kong) error {
	keys := Keys()
	return kong.Visit(k.Model.Node, func(v kong.Visitable, next kong.Next) error {
		node, is := v.(*kong.Node)
		if !is {
			return next(nil)
		}
		used, has := usesOf(node)
		for _, u := range used {
			if !slices.ContainsFunc(keys, uses{u}.contain) {
				return fmt.Errorf("%s uses %s, which is no setting", node.Path(), u)
			}
		}
		for _, f := range node.Flags {
			f.Group = nil // in place of that of the command
			if has && (f.Name == fileKey || slices.Contains(keys, f.Name)) {
				f.Group, f.Hidden = settingsGroup, !used.contain(f.Name)
			}
		}
		return next(nil)
	})
}

// uses are settings or prefixes of settings; none: all.
type uses []string

func (u uses) contain(key string) bool {
	return len(u) == 0 || key == fileKey || slices.ContainsFunc(u, func(use string) bool { return key == use || strings.HasPrefix(key, use+".") })
}

// usesOf is the tag of the field Settings of a command, if it has one.
func usesOf(node *kong.Node) (u uses, has bool) {
	command := reflect.Indirect(node.Target)
	if command.Kind() != reflect.Struct {
		return nil, false
	}
	field, has := command.Type().FieldByName("Settings")
	if has = has && field.Type == reflect.TypeFor[Settings](); !has {
		return nil, false
	}
	if tag := field.Tag.Get("uses"); tag != "" {
		u = strings.Split(tag, ",")
	}
	return u, true
}
