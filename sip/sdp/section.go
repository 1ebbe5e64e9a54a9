package sdp

import "strings"

// section is the session's part of a description, or one m-line with the lines that belong to it. Of a line that may occur
// once, the first counts.
type section struct {
	origin, name, media, connection string
	attributes                      []string
}

func (s *section) add(line string) {
	switch line[0] {
	case 'o':
		keepFirst(&s.origin, line)
	case 's':
		keepFirst(&s.name, line)
	case 'm':
		keepFirst(&s.media, line)
	case 'c':
		keepFirst(&s.connection, line)
	case 'a':
		s.attributes = append(s.attributes, line)
	}
}

func keepFirst(field *string, line string) {
	if *field == "" {
		*field = line
	}
}

func (s *section) writeAttributes(to *strings.Builder) {
	for _, a := range s.attributes {
		if len(a) > len("a=") {
			write(to, a)
		}
	}
}

func write(to *strings.Builder, line string) {
	if line != "" {
		to.WriteString(line)
		to.WriteString("\r\n")
	}
}
