package siprec

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
)

const (
	maxDepth = 32
	maxNodes = 4096
)

// node is an element of a document, whatever its namespace.
type node struct {
	name string // local, in lower case
	attr map[string]string
	raw  []byte // its own text
	kids []*node
}

func (n *node) text() string { return strings.TrimSpace(string(n.raw)) }

// grow reads a document into a tree. On an error the tree holds what came before it.
func grow(doc string) (*node, error) {
	top := &node{}
	d := xml.NewDecoder(strings.NewReader(tidy(doc)))
	d.Strict = false
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // it is UTF-8 already
	open, count := []*node{top}, 0
	for {
		token, err := d.Token()
		switch {
		case errors.Is(err, io.EOF) && count == 0:
			return top, errors.New("there is no element in it")
		case errors.Is(err, io.EOF):
			return top, nil
		case err != nil:
			return top, err
		}
		at := open[len(open)-1]
		switch t := token.(type) {
		case xml.StartElement:
			if count++; count > maxNodes || len(open) > maxDepth {
				return top, fmt.Errorf("more than %d elements, or more than %d deep", maxNodes, maxDepth)
			}
			n := newNode(t)
			at.kids, open = append(at.kids, n), append(open, n)
		case xml.EndElement:
			if len(open) > 1 {
				open = open[:len(open)-1]
			}
		case xml.CharData:
			at.raw = append(at.raw, t...)
		}
	}
}

func newNode(t xml.StartElement) *node {
	n := &node{name: strings.ToLower(t.Name.Local), attr: make(map[string]string, len(t.Attr))}
	for _, a := range t.Attr {
		n.attr[strings.ToLower(a.Name.Local)] = strings.TrimSpace(a.Value)
	}
	return n
}

var loose = regexp.MustCompile(`<(/?)[ \t]+(/?[A-Za-z_])`)

// tidy repairs what the decoder would stumble over: a blank after "<", and control characters.
func tidy(doc string) string {
	doc = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, doc)
	return loose.ReplaceAllString(doc, "<$1$2")
}

// child is the text of the first child of a name.
func (n *node) child(name string) string {
	for _, k := range n.kids {
		if k.name == name {
			return k.text()
		}
	}
	return ""
}

// first is the first attribute that is there and not empty.
func (n *node) first(names ...string) string {
	for _, name := range names {
		if v := n.attr[name]; v != "" {
			return v
		}
	}
	return ""
}

// walk visits the node and all below it, in the order of the document, except below those for which it says no.
func (n *node) walk(visit func(*node) (deeper bool)) {
	if visit(n) {
		for _, k := range n.kids {
			k.walk(visit)
		}
	}
}
