package config

import (
	"fmt"
	"log/slog"
	"net/netip"
	"reflect"
	"strconv"
	"time"

	"github.com/alecthomas/kong"
)

// mappers parse what kong parses, too, but say in an operator's words what a value is not.
func mappers() []kong.Option {
	return []kong.Option{
		kong.KindMapper(reflect.Int, parsed("a whole number", whole)),
		kong.KindMapper(reflect.Int64, parsed("a whole number", whole)),
		kong.KindMapper(reflect.Float64, parsed("a number", func(s string) (float64, error) { return strconv.ParseFloat(s, 64) })),
		kong.TypeMapper(reflect.TypeFor[time.Duration](), parsed("a duration, such as 90s or 5m", time.ParseDuration)),
		kong.TypeMapper(reflect.TypeFor[netip.Addr](), parsed("an IP address", netip.ParseAddr)),
		kong.TypeMapper(reflect.TypeFor[slog.Level](), parsed("debug, info, warn or error", level)),
	}
}

func whole(s string) (int64, error) { return strconv.ParseInt(s, 0, 64) }

func level(s string) (l slog.Level, err error) { return l, l.UnmarshalText([]byte(s)) }

// parsed is a mapper of the values that a function parses.
func parsed[T any](what string, parse func(string) (T, error)) kong.Mapper {
	return kong.MapperFunc(func(ctx *kong.DecodeContext, target reflect.Value) error {
		var text string
		if err := ctx.Scan.PopValueInto(what, &text); err != nil {
			return err
		}
		value, err := parse(text)
		if err != nil {
			return fmt.Errorf("%q is not %s", text, what)
		}
		target.Set(reflect.ValueOf(value).Convert(target.Type()))
		return nil
	})
}
