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
	name     string // local, in lower case
	attr     map[string]string
	raw      []byte // its own text
	children []*node
}

func (n *node) text() string { return strings.TrimSpace(string(n.raw)) }

// parseTree reads a document. On an error the tree holds what came before it.
func parseTree(doc string) (*node, error) {
	top := &node{}
	d := newDecoder(doc)
	open, count := []*node{top}, 0
	for {
		token, err := d.Token()
		switch {
		case errors.Is(err, io.EOF) && count == 0:
			return top, errors.New("no element in the document")
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
			at.children, open = append(at.children, n), append(open, n)
		case xml.EndElement:
			if len(open) > 1 {
				open = open[:len(open)-1]
			}
		case xml.CharData:
			at.raw = append(at.raw, t...)
		}
	}
}

func newDecoder(doc string) *xml.Decoder {
	d := xml.NewDecoder(strings.NewReader(repair(doc)))
	d.Strict = false
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // Read has made it UTF-8
	return d
}

func newNode(t xml.StartElement) *node {
	n := &node{name: strings.ToLower(t.Name.Local), attr: make(map[string]string, len(t.Attr))}
	for _, a := range t.Attr {
		n.attr[strings.ToLower(a.Name.Local)] = strings.TrimSpace(a.Value)
	}
	return n
}

var loose = regexp.MustCompile(`<(/?)[ \t]+(/?[A-Za-z_])`)

// repair removes what the decoder rejects: a blank after "<", and control characters.
func repair(doc string) string {
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
	for _, k := range n.children {
		if k.name == name {
			return k.text()
		}
	}
	return ""
}

// first is the value of the first of the attributes that is not empty.
func (n *node) first(names ...string) string {
	for _, name := range names {
		if v := n.attr[name]; v != "" {
			return v
		}
	}
	return ""
}

// walk visits the node and its descendants in document order, and none below a node for which visit returns false.
func (n *node) walk(visit func(*node) (deeper bool)) {
	if visit(n) {
		for _, k := range n.children {
			k.walk(visit)
		}
	}
}
