package storetest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"timbre"
)

// list is a list of the store, in a form that tests all lists alike.
type list struct {
	name   string
	add    func(id string, created time.Time)
	page   func(p timbre.Page) ([]string, error)
	remove func(id string)
}

func (s *subject) lists() []list {
	ctx := s.Context()
	s.must(s.CreateDomain(ctx, timbre.Domain{ID: "home"}))
	s.must(s.CreateConfiguration(ctx, timbre.Configuration{ID: "home", Name: "home", ARN: "home"}))
	return []list{
		{
			"connectors", func(id string, created time.Time) {
				s.must(s.CreateConnector(ctx, timbre.Connector{ID: id, Created: created}))
			}, pager(ctx, s.ListConnectors, func(c timbre.Connector) string { return c.ID }),
			func(id string) { s.must(s.DeleteConnector(ctx, id)) },
		},
		{
			"configurations", func(id string, created time.Time) {
				s.must(s.CreateConfiguration(ctx, timbre.Configuration{ID: id, Name: id, ARN: id, Created: created}))
			}, pager(ctx, func(ctx context.Context, p timbre.Page) ([]timbre.Item, error) {
				list, err := s.ListConfigurations(ctx, p)
				return slices.DeleteFunc(list, isHome), err
			}, itemID),
			func(id string) { s.must(s.DeleteConfiguration(ctx, id)) },
		},
		{"resources", func(id string, created time.Time) {
			s.must(s.CreateResource(ctx, timbre.Resource{Kind: "k", ID: id, Created: created}))
			s.must(s.CreateResource(ctx, timbre.Resource{Kind: "another kind", ID: "other " + id, Created: created}))
		}, pager(ctx, func(ctx context.Context, p timbre.Page) ([]timbre.Resource, error) {
			return s.ListResources(ctx, "k", p)
		}, func(r timbre.Resource) string { return r.ID }), func(id string) { s.must(s.DeleteResource(ctx, "k", id)) }},
		{
			"pipelines", func(id string, created time.Time) {
				s.must(s.CreatePipeline(ctx, timbre.Pipeline{ID: id, ARN: "arn of " + id, ConfigurationARN: "home", Created: created}, nil))
			}, pager(ctx, s.ListPipelines, itemID),
			func(id string) { s.must(s.DeletePipeline(ctx, id, nil)) },
		},
		{"profiles", func(id string, created time.Time) {
			s.searched("task of "+id, "home", 1)
			s.must(s.EnrolProfile(ctx, timbre.Profile{ID: id, DomainID: "home", Created: created}, "task of "+id))
		}, pager(ctx, func(ctx context.Context, p timbre.Page) ([]timbre.Item, error) {
			return s.ListProfiles(ctx, "home", p)
		}, itemID), func(id string) { s.must(s.DeleteProfile(ctx, id)) }},
		{"domains", func(id string, created time.Time) {
			s.must(s.CreateDomain(ctx, timbre.Domain{ID: id, Created: created}))
		}, pager(ctx, func(ctx context.Context, p timbre.Page) ([]timbre.Item, error) {
			list, err := s.ListDomains(ctx, p)
			return slices.DeleteFunc(list, isHome), err
		}, itemID), func(id string) { s.must(s.DeleteDomain(ctx, id)) }},
	}
}

func itemID(i timbre.Item) string { return i.ID }

func isHome(i timbre.Item) bool { return i.ID == "home" }

func pager[T any](ctx context.Context, list func(context.Context, timbre.Page) ([]T, error), id func(T) string) func(timbre.Page) ([]string, error) {
	return func(p timbre.Page) ([]string, error) {
		page, err := list(ctx, p)
		return ids(page, id), err
	}
}

var pages = []fact{
	{"a list tells what an item has", func(s *subject) {
		ctx := s.Context()
		d, c := domain("d1"), configuration("c1")
		s.must(s.CreateDomain(ctx, d))
		s.must(s.CreateConfiguration(ctx, c))
		p := timbre.Pipeline{ID: "p1", ARN: "arn:p1", ConfigurationARN: c.ARN, Created: dawn(), Updated: dawn().Add(time.Second)}
		s.must(s.CreatePipeline(ctx, p, nil))
		for name, l := range map[string]struct {
			list func(context.Context, timbre.Page) ([]timbre.Item, error)
			want timbre.Item
		}{
			"domains":        {s.ListDomains, timbre.Item{ID: d.ID, ARN: d.ARN, Name: d.Name, Description: d.Description, Created: d.Created, Updated: d.Updated}},
			"configurations": {s.ListConfigurations, timbre.Item{ID: c.ID, ARN: c.ARN, Name: c.Name, Created: c.Created, Updated: c.Updated}},
			"pipelines":      {s.ListPipelines, timbre.Item{ID: p.ID, ARN: p.ARN, Created: p.Created, Updated: p.Updated}},
		} {
			got, err := l.list(ctx, timbre.Page{})
			s.must(err)
			s.same(name, got, []timbre.Item{l.want})
		}
	}},
	{"a list is in the order of creation, then of id, and complete without a limit", func(s *subject) {
		for _, l := range s.lists() {
			got, err := l.page(timbre.Page{})
			s.must(err)
			s.same(l.name+", empty", len(got), 0)
			for i, id := range []string{"d", "c", "b", "a"} {
				l.add(l.name+id, dawn().Add(time.Duration(i/2)*time.Microsecond))
			}
			for _, limit := range []int{0, -1, 100} {
				got, err := l.page(timbre.Page{Limit: limit})
				s.must(err)
				s.same(l.name, got, []string{l.name + "c", l.name + "d", l.name + "a", l.name + "b"})
			}
		}
	}},
	{"pages contain each item once, whatever is added and deleted meanwhile", func(s *subject) {
		for _, l := range s.lists() {
			var want []string
			for i := range 20 {
				id := fmt.Sprintf("%s %02d", l.name, i)
				l.add(id, dawn().Add(time.Duration(i)*time.Second))
				want = append(want, id)
			}
			var got []string
			for p := (timbre.Page{Limit: 3}); ; {
				page, err := l.page(p)
				s.must(err)
				if len(page) == 0 {
					break
				}
				if len(page) > p.Limit {
					s.Fatalf("%s: got a page of %d items", l.name, len(page))
				}
				got = append(got, page...)
				p.After = page[len(page)-1]
				if len(got) < 12 { // later ones show up, earlier ones do not
					late := fmt.Sprintf("%s late %02d", l.name, len(got))
					l.add(late, dawn().Add(time.Hour+time.Duration(len(got))*time.Second))
					l.add(fmt.Sprintf("%s early %02d", l.name, len(got)), dawn().Add(-time.Hour))
					want = append(want, late)
				}
				l.remove(p.After) // what has been seen may go
			}
			s.same(l.name, got, want)
		}
	}},
	{"a page after an item that never existed is Invalid", func(s *subject) {
		for _, l := range s.lists() {
			_, err := l.page(timbre.Page{After: "never", Limit: 1})
			s.refused(l.name, err, timbre.Invalid)
		}
	}},
}
