package config

import (
	"encoding"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Source is the kind of origin of a value.
type Source string

// The sources; later ones override earlier ones.
const (
	FromDefault Source = "default"
	FromFile    Source = "file"
	FromEnv     Source = "env"
	FromFlag    Source = "flag"
)

// Origin is the source of a value and, except for defaults, the name of the file, variable or flag.
type Origin struct {
	Source Source
	Name   string
}

func (o Origin) String() string { return strings.TrimSpace(string(o.Source) + " " + o.Name) }

// Setting is one effective value.
type Setting struct {
	Key, Value string // secrets in the value are shown as ****
	Origin     Origin
	Secret     bool // the value is, or has, a secret
}

// Effective lists all settings, in the order of Settings.
func (s Settings) Effective() []Setting {
	var list []Setting
	shown := s
	shown.Store.URL, shown.Logs = s.storeURL(), s.LogFolder()
	for _, f := range flags(&shown) {
		if f.Name == fileKey {
			continue
		}
		origin, given := s.origins[f.Name]
		if !given {
			origin.Source = FromDefault
		}
		value, secret := text(f.Target), f.Tag.Has("secret")
		if secret && f.Target.Kind() == reflect.String && value != "" {
			value = hidden
		}
		list = append(list, Setting{f.Name, value, origin, secret})
	}
	return list
}

// text formats a value as a flag takes it.
func text(v reflect.Value) string {
	switch x := v.Interface().(type) {
	case encoding.TextMarshaler:
		b, _ := x.MarshalText()
		return string(b)
	case fmt.Stringer:
		return x.String()
	}
	var parts []string
	switch v.Kind() {
	case reflect.Slice:
		for i := range v.Len() {
			parts = append(parts, text(v.Index(i)))
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			parts = append(parts, text(k)+"="+text(v.MapIndex(k)))
		}
		slices.Sort(parts)
	default:
		return fmt.Sprint(v.Interface())
	}
	return strings.Join(parts, ",")
}
