package trunk

import (
	"cmp"
	"slices"
	"strconv"

	"timbre"
	"timbre/sip/transport"
)

// tryRoutes sends the INVITE to one gateway after the other, until one gives a final response that another one would not
// better: a 2xx, or a failure of the call itself.
func (c *call) tryRoutes(routes []timbre.Route) outcome {
	o := outcome{refusal: transport.Refuse(503, "no_route", "no route leads anywhere")}
	for i, route := range routes {
		gateways, r := c.gateways(route)
		if r != nil {
			o = outcome{refusal: r}
			c.failOver(route, r.Detail)
			continue
		}
		for j, g := range gateways {
			if o = c.try(g, i == len(routes)-1 && j == len(gateways)-1); !o.again {
				return o
			}
			if o.refusal != nil {
				c.failOver(route, o.refusal.Detail)
			} else {
				c.failOver(route, "it responded "+strconv.Itoa(o.res.StatusCode))
			}
		}
	}
	return o
}

func (c *call) failOver(route timbre.Route, why string) {
	c.ua.metrics.failovers.Inc()
	c.ua.env.Repeats.Count(c.ua.env.Log, route.Host, "route failed", "call", c.id(), "host", route.Host, "reason", why)
}

// leastUrgent is the priority of a route that has none.
const leastUrgent = 101

// sortRoutes returns routes in the order in which they are tried: by priority, the lowest number first; among equals at
// random, each as likely to come next as its share in the weights that are left (RFC 2782). No weight counts as 1. Random is
// in [0, 1).
func sortRoutes(routes []timbre.Route, random func() float64) []timbre.Route {
	left := slices.Clone(routes)
	slices.SortStableFunc(left, func(a, b timbre.Route) int { return cmp.Compare(priority(a), priority(b)) })
	for at := range left {
		pick := pickByWeight(left[at:], random)
		next := left[at+pick]
		left = slices.Insert(slices.Delete(left, at+pick, at+pick+1), at, next)
	}
	return left
}

// pickByWeight picks one of the routes at the head that share a priority.
func pickByWeight(routes []timbre.Route, random func() float64) int {
	sum, end := 0, 0
	for end < len(routes) && priority(routes[end]) == priority(routes[0]) {
		sum += max(1, routes[end].Weight)
		end++
	}
	point := int(random() * float64(sum))
	for i := range end {
		if point -= max(1, routes[i].Weight); point < 0 {
			return i
		}
	}
	return end - 1
}

func priority(r timbre.Route) int {
	if r.Priority <= 0 {
		return leastUrgent
	}
	return r.Priority
}
