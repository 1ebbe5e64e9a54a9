package rest

import (
	"net/http"
	"net/url"
	"strings"
)

// route is an operation with its handler, which is nil if none is bound.
type route struct {
	service     *Service
	op          *Operation
	labels      []string // names of the path's labels, in order
	handle      func(*call) (any, error)
	state       State
	why         string // the reason of a refusal
	counterpart *route // the route of the pipelines service, if both services have it
}

// node is a segment in the tree of paths.
type node struct {
	literal map[string]*node
	label   *node
	routes  []*route
}

// add inserts a route into the tree. If two services have the same route, the first one is found, and the other is its counterpart.
func (n *node) add(r *route) {
	for step := range strings.SplitSeq(strings.TrimPrefix(r.op.Path, "/"), "/") {
		if name, ok := strings.CutPrefix(step, "{"); ok {
			r.labels = append(r.labels, strings.TrimSuffix(name, "}"))
			if n.label == nil {
				n.label = &node{}
			}
			n = n.label
			continue
		}
		if n.literal == nil {
			n.literal = map[string]*node{}
		}
		if n.literal[step] == nil {
			n.literal[step] = &node{}
		}
		n = n.literal[step]
	}
	for _, first := range n.routes {
		if first.op.Method == r.op.Method && first.op.Query == r.op.Query {
			first.counterpart = r
			return
		}
	}
	n.routes = append(n.routes, r)
}

// find returns the route of a request and the values of its labels. It splits the escaped path, so that a label may contain a slash; a
// label is never empty.
func (n *node) find(r *http.Request, query url.Values) (*route, map[string]string) {
	var steps []string
	for step := range strings.SplitSeq(strings.TrimPrefix(r.URL.EscapedPath(), "/"), "/") {
		plain, err := url.PathUnescape(step)
		if err != nil || plain == "" || len(steps) == maxSteps {
			return nil, nil
		}
		steps = append(steps, plain)
	}
	return n.walk(steps, nil, r.Method, query)
}

// maxSteps exceeds the number of segments of every path in the models.
const maxSteps = 8

func (n *node) walk(steps, labels []string, method string, query url.Values) (*route, map[string]string) {
	if n == nil {
		return nil, nil
	}
	if len(steps) == 0 {
		r := n.pick(method, query)
		if r == nil {
			return nil, nil
		}
		named := make(map[string]string, len(labels))
		for i, name := range r.labels {
			named[name] = labels[i]
		}
		return r, named
	}
	if r, named := n.literal[steps[0]].walk(steps[1:], labels, method, query); r != nil {
		return r, named
	}
	return n.label.walk(steps[1:], append(labels, steps[0]), method, query)
}

// pick prefers a route whose query literal is present to one without.
func (n *node) pick(method string, query url.Values) (fallback *route) {
	for _, r := range n.routes {
		switch want := r.op.Query; {
		case r.op.Method != method:
		case want == Pair{}:
			if fallback == nil {
				fallback = r
			}
		case query.Get(want.Key) == want.Value:
			return r
		}
	}
	return fallback
}
