package main

import (
	"context"
	"os"
	"slices"
	"syscall"
	"testing"
	"testing/synctest"
)

func TestSignalsDrainEndAndReload(t *testing.T) {
	const term, hup = syscall.SIGTERM, syscall.SIGHUP
	for name, row := range map[string]struct {
		before, after []os.Signal // the start of the server
		want          []string
	}{
		"SIGTERM drains":                {nil, []os.Signal{term}, []string{"drain"}},
		"a second SIGTERM ends":         {nil, []os.Signal{term, term}, []string{"drain", "end"}},
		"SIGINT ends":                   {nil, []os.Signal{os.Interrupt}, []string{"end"}},
		"SIGINT ends a drain":           {nil, []os.Signal{term, os.Interrupt}, []string{"drain", "end"}},
		"SIGHUP reloads each time":      {nil, []os.Signal{hup, hup, term, hup}, []string{"reload", "reload", "drain", "reload"}},
		"SIGTERM ends a start":          {[]os.Signal{term}, nil, []string{"end"}},
		"SIGHUP waits for the start":    {[]os.Signal{hup, hup}, nil, []string{"reload"}},
		"nothing happens without cause": {nil, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o, started := make(orders, 8), make(chan struct{})
				var got []string
				note := func(s string) func() { return func() { got = append(got, s) } }
				ctx, cancel := context.WithCancel(t.Context())
				done := make(chan struct{})
				go func() {
					defer close(done)
					o.obey(ctx, started, controls{drain: note("drain"), end: note("end"), reload: note("reload")})
				}()
				give := func(list []os.Signal) {
					for _, s := range list {
						o <- s
					}
					synctest.Wait()
				}
				give(row.before)
				close(started)
				synctest.Wait()
				give(row.after)
				cancel()
				<-done
				if !slices.Equal(got, row.want) {
					t.Errorf("got %v, want %v", got, row.want)
				}
			})
		})
	}
}
