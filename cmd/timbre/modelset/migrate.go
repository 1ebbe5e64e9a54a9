package modelset

import (
	"fmt"
	"io"
	"text/tabwriter"

	"timbre/node"
)

// PrintMigration says what became of the voiceprints, or prints JSON.
func PrintMigration(out io.Writer, m node.Migration, asJSON bool) error {
	if asJSON {
		if m.MustEnrol == nil {
			m.MustEnrol = []node.MustEnrol{}
		}
		return printJSON(out, m)
	}
	fmt.Fprintf(out, "model %s: %d voiceprints remade, %d were of it already, %d people must enrol again\n", m.Model, m.Remade, m.Current, len(m.MustEnrol))
	if len(m.MustEnrol) == 0 {
		return nil
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "DOMAIN\tPROFILE\tVOICEPRINT OF\tREASON")
	for _, e := range m.MustEnrol {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", e.Domain, e.Profile, e.Model, e.Reason)
	}
	return table.Flush()
}
