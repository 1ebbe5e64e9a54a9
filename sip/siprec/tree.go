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
	tree := builder{open: []*node{{}}}
	top, d := tree.open[0], newDecoder(doc)
	for {
		token, err := d.Token()
		if err == nil {
			err = tree.add(token)
		}
		switch {
		case errors.Is(err, io.EOF) && tree.count == 0:
			return top, errors.New("no element in the document")
		case errors.Is(err, io.EOF):
			return top, nil
		case err != nil:
			return top, err
		}
	}
}

// builder builds a tree from tokens.
type builder struct {
	open  []*node // from the top to the element that is being read
	count int     // elements
}

func (b *builder) add(token xml.Token) error {
	at := b.open[len(b.open)-1]
	switch t := token.(type) {
	case xml.StartElement:
		if b.count++; b.count > maxNodes || len(b.open) > maxDepth {
			return fmt.Errorf("more than %d elements, or more than %d deep", maxNodes, maxDepth)
		}
		n := newNode(t)
		at.children, b.open = append(at.children, n), append(b.open, n)
	case xml.EndElement:
		if len(b.open) > 1 {
			b.open = b.open[:len(b.open)-1]
		}
	case xml.CharData:
		at.raw = append(at.raw, t...)
	}
	return nil
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
