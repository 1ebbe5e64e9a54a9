package event

import (
	"encoding/xml"
	"errors"
	"strings"
)

// maxDepth is deeper than any recording metadata. Each level costs a call of the parser.
const maxDepth = 64

var errXML = errors.New("no XML document of bearable depth")

// readXML reads an XML document into what encodes to the usual JSON for it: an element is an object of its attributes and
// elements, or the text in it if it has neither; text beside others is the field content; repeated elements are an array. Names
// are without prefix.
func readXML(document string) (map[string]any, error) {
	d := xml.NewDecoder(strings.NewReader(document))
	for {
		token, err := d.Token()
		if err != nil {
			return nil, err
		}
		if start, is := token.(xml.StartElement); is {
			v, err := readElement(d, start, maxDepth)
			return map[string]any{start.Name.Local: v}, err
		}
	}
}

// readElement reads what follows the start of an element, up to its end.
func readElement(d *xml.Decoder, start xml.StartElement, depth int) (any, error) {
	if depth == 0 {
		return nil, errXML
	}
	fields, text := map[string]any{}, strings.Builder{}
	for _, a := range start.Attr {
		add(fields, a.Name.Local, a.Value)
	}
	for {
		token, err := d.Token()
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			v, err := readElement(d, t, depth-1)
			if err != nil {
				return nil, err
			}
			add(fields, t.Name.Local, v)
		case xml.CharData:
			text.Write(t)
		case xml.EndElement:
			return element(fields, strings.TrimSpace(text.String())), nil
		}
	}
}

func element(fields map[string]any, text string) any {
	switch {
	case len(fields) == 0:
		return text
	case text != "":
		add(fields, "content", text)
	}
	return fields
}

// add adds a field, which becomes an array if its name was there.
func add(fields map[string]any, name string, v any) {
	switch before := fields[name].(type) {
	case nil:
		fields[name] = v
	case []any:
		fields[name] = append(before, v)
	default:
		fields[name] = []any{before, v}
	}
}
