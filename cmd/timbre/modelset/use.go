package modelset

import (
	"fmt"
	"io"

	"timbre/models/card"
	"timbre/models/library"
)

// Used says what the choice of a model means.
func Used(out io.Writer, e library.Entry) {
	fmt.Fprintf(out, "%s is the %s model from the next start of the server on\n", e.Card.ID(), e.Card.Kind)
	if e.Card.Kind == card.Speaker {
		fmt.Fprintln(out, "voiceprints of other models are kept and match nobody: `timbre models migrate` makes new ones of kept audio, or lists who must enrol again")
	}
}
