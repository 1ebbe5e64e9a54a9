package sqlite

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"timbre"
)

// settable is a kind of setting of what is called "x": how it is written and removed, and what of it is read.
type settable struct {
	put    func(s *Store, text string) error
	remove func(s *Store) error
	get    func(s *Store) (string, error)
}

func settables(t *testing.T) map[string]settable {
	t.Helper()
	ctx := t.Context()
	return map[string]settable{
		"connector": {
			func(s *Store, text string) error {
				_, err := s.UpdateConnector(ctx, "x", func(c *timbre.Connector) { c.Name = text })
				return err
			},
			func(s *Store) error { return s.DeleteConnector(ctx, "x") },
			func(s *Store) (string, error) { c, err := s.Connector(ctx, "x"); return c.Name, err },
		},
		"tags of a connector": {
			func(s *Store, text string) error {
				return s.UpdateTags(ctx, "arn:x", func(tags map[string]string) error { tags["tag"] = text; return nil })
			},
			func(s *Store) error { return s.DeleteConnector(ctx, "x") },
			func(s *Store) (string, error) { c, err := s.Connector(ctx, "x"); return c.Tags["tag"], err },
		},
		"streaming": {
			func(s *Store, text string) error {
				return s.PutStreaming(ctx, "x", timbre.Streaming{Targets: []string{text}})
			},
			func(s *Store) error { return s.DeleteStreaming(ctx, "x") },
			func(s *Store) (string, error) { v, err := s.Streaming(ctx, "x"); return fmt.Sprint(v.Targets), err },
		},
		"termination": {
			func(s *Store, text string) error {
				return s.PutTermination(ctx, "x", timbre.Termination{DefaultPhoneNumber: text})
			},
			func(s *Store) error { return s.DeleteTermination(ctx, "x") },
			func(s *Store) (string, error) { v, err := s.Termination(ctx, "x"); return v.DefaultPhoneNumber, err },
		},
		"origination, which goes with its connector": {
			func(s *Store, text string) error {
				return s.PutOrigination(ctx, "x", timbre.Origination{Routes: []timbre.Route{{Host: text}}})
			},
			func(s *Store) error { return s.DeleteConnector(ctx, "x") },
			func(s *Store) (string, error) { v, err := s.Origination(ctx, "x"); return fmt.Sprint(v.Routes), err },
		},
		"logging": {
			func(s *Store, text string) error {
				return s.PutLogging(ctx, "x", timbre.Logging{SIP: text == "first"})
			},
			func(s *Store) error { return s.DeleteConnector(ctx, "x") },
			func(s *Store) (string, error) { v, err := s.Logging(ctx, "x"); return fmt.Sprint(v.SIP), err },
		},
		"configuration": {
			func(s *Store, text string) error {
				_, err := s.UpdateConfiguration(ctx, "x", func(c *timbre.Configuration) { c.RoleARN = text })
				return err
			},
			func(s *Store) error { return s.DeleteConfiguration(ctx, "x") },
			func(s *Store) (string, error) { c, err := s.Configuration(ctx, "arn:c"); return c.RoleARN, err },
		},
		"domain": {
			func(s *Store, text string) error {
				_, err := s.UpdateDomain(ctx, "x", func(d *timbre.Domain) { d.Name = text })
				return err
			},
			func(s *Store) error { return s.DeleteDomain(ctx, "x") },
			func(s *Store) (string, error) { d, err := s.Domain(ctx, "x"); return d.Name, err },
		},
	}
}

// equipped is a store with a connector, a configuration and a domain called "x".
func equipped(t *testing.T, folder string) *Store {
	t.Helper()
	s := begin(t, folder)
	ok(t, s.CreateConnector(t.Context(), timbre.Connector{ID: "x", ARN: "arn:x"}))
	ok(t, s.CreateConfiguration(t.Context(), timbre.Configuration{ID: "x", Name: "x", ARN: "arn:c"}))
	ok(t, s.CreateDomain(t.Context(), timbre.Domain{ID: "x"}))
	return s
}

func TestSettingIsReadAnewAfterAWrite(t *testing.T) {
	for name, c := range settables(t) {
		t.Run(name, func(t *testing.T) {
			s := equipped(t, t.TempDir())
			var seen []string
			for _, text := range []string{"first", "second"} {
				_, _ = c.get(s) // is kept
				ok(t, c.put(s, text))
				got, err := c.get(s)
				ok(t, err)
				seen = append(seen, got)
			}
			if seen[0] == seen[1] {
				t.Errorf("got %q before and after the second write, want what was written", seen[0])
			}
			ok(t, c.remove(s))
			if got, err := c.get(s); err == nil || timbre.KindOf(err) != timbre.NotFound {
				t.Errorf("got %q, %v after it was removed, want NotFound", got, err)
			}
		})
	}
}

func TestSettingIsReadOnceUntilAWrite(t *testing.T) {
	for name, c := range settables(t) {
		t.Run(name, func(t *testing.T) {
			s := equipped(t, t.TempDir())
			ok(t, c.put(s, "first"))
			want, err := c.get(s)
			ok(t, err)
			ok(t, s.SaveCall(t.Context(), timbre.Call{TransactionID: "call", ConnectorID: "x"}, nil)) // changes no setting
			ok(t, s.reader.Close())
			if got, err := c.get(s); got != want || err != nil {
				t.Errorf("got %q, %v without the database, want %q", got, err, want)
			}
		})
	}
}

func TestAbsentSettingIsLookedForOnceUntilAWrite(t *testing.T) {
	s := equipped(t, t.TempDir())
	for range 2 {
		if _, err := s.Streaming(t.Context(), "x"); timbre.KindOf(err) != timbre.NotFound {
			t.Errorf("got %v, want NotFound", err)
		}
		ok(t, s.reader.Close())
	}
}

func TestSettingOfOneCallerIsNotThatOfAnother(t *testing.T) {
	s := equipped(t, t.TempDir())
	ok(t, s.PutStreaming(t.Context(), "x", timbre.Streaming{Targets: []string{"a"}}))
	for range 3 {
		v, err := s.Streaming(t.Context(), "x")
		ok(t, err)
		if v.Targets[0] != "a" {
			t.Fatalf("got %q, which another caller has written, want a", v.Targets[0])
		}
		v.Targets[0] = "b"
	}
}

// An answer to a query that began before a write may come after it, and must not stay.
func TestAnswerFromBeforeAWriteIsNotKept(t *testing.T) {
	var kept settings
	q := question{"query", "x"}
	_, _, epoch := kept.look(q)
	kept.forget()
	kept.keep(q, answer{true, "old"}, epoch)
	if a, is, _ := kept.look(q); is {
		t.Errorf("got %+v, want nothing", a)
	}
}

func TestWriterSeesNoSettingOlderThanItsWrite(t *testing.T) {
	s := equipped(t, t.TempDir())
	var all sync.WaitGroup
	over := make(chan struct{})
	for range 2 { // who read meanwhile
		all.Go(func() {
			for {
				select {
				case <-over:
					return
				default:
					_, _ = s.Domain(t.Context(), "x")
				}
			}
		})
	}
	for i := range 50 {
		name := fmt.Sprint(i)
		_, err := s.UpdateDomain(t.Context(), "x", func(d *timbre.Domain) { d.Name = name })
		ok(t, err)
		if d, err := s.Domain(t.Context(), "x"); err != nil || d.Name != name {
			t.Errorf("got %q, %v, want %s", d.Name, err, name)
		}
	}
	close(over)
	all.Wait()
}

func TestSettingsAreBounded(t *testing.T) {
	var kept settings
	for i := range 2*mostSettings + 1 {
		kept.keep(question{"query", fmt.Sprint(i)}, answer{}, 0)
		if n := len(kept.rows); n > mostSettings {
			t.Fatalf("got %d answers kept, want %d at most", n, mostSettings)
		}
	}
}

func TestLongIDsAreNotKept(t *testing.T) {
	var s settings
	for i, want := range []bool{true, false} {
		q := question{"query", strings.Repeat("x", longestID+i)}
		s.keep(q, answer{}, 0)
		if _, got, _ := s.look(q); got != want {
			t.Errorf("%d bytes: got kept %t, want %t", len(q.by), got, want)
		}
	}
}

// A Reader is in another process than the one that writes.
func TestReaderKeepsNoSetting(t *testing.T) {
	folder := t.TempDir()
	s := equipped(t, folder)
	r, err := OpenReader(t.Context(), folder+"/timbre.db", s.keys)
	ok(t, err)
	defer r.Close()
	for _, name := range []string{"first", "second"} {
		_, err := s.UpdateDomain(t.Context(), "x", func(d *timbre.Domain) { d.Name = name })
		ok(t, err)
		if d, err := r.Domain(t.Context(), "x"); err != nil || d.Name != name {
			t.Errorf("got %q, %v, want %s", d.Name, err, name)
		}
	}
}

func BenchmarkSetting(b *testing.B) {
	s := begin(b, b.TempDir())
	if err := s.CreateConnector(b.Context(), timbre.Connector{ID: "x", Created: time.Unix(1, 0)}); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := s.Connector(b.Context(), "x"); err != nil {
			b.Fatal(err)
		}
	}
}
