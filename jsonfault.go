package timbre

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
)

// JSONFault is an error of reading a JSON document, in the words of the document: its line, and the member that has another type.
func JSONFault(document []byte, err error) error {
	var (
		typed  *json.UnmarshalTypeError
		syntax *json.SyntaxError
	)
	at, what := int64(len(document)), "the document ends too early"
	switch {
	case err == nil:
		return nil
	case errors.As(err, &typed):
		at, what = typed.Offset, fmt.Sprintf("%s is a JSON %s, which it cannot be", cmp.Or(typed.Field, "a value"), typed.Value)
	case errors.As(err, &syntax):
		at, what = syntax.Offset, syntax.Error()
	}
	line := 1 + bytes.Count(document[:min(at, int64(len(document)))], []byte("\n"))
	return fmt.Errorf("line %d: %s", line, what)
}
