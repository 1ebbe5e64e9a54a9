package sqlite

import "timbre"

// taken is what a look into the past has taken in.
type taken struct{ rows, bytes int }

func (t *taken) all() bool { return t.rows >= timbre.MostLooked || t.bytes >= timbre.MostLookedBytes }

// look bounds what a query takes in, whatever it returns of that. A row that is damaged counts, too.
func look[T any](r *readable[T]) *taken {
	t := &taken{}
	scan := r.scan
	r.scan = func(row scanner) (T, error) { return scan(measured{row, t}) }
	r.full = t.all
	return t
}

// measured is a row whose text counts.
type measured struct {
	row   scanner
	taken *taken
}

func (m measured) Scan(into ...any) error {
	err := m.row.Scan(into...)
	m.taken.rows++
	for _, v := range into {
		if text, ok := v.(*string); ok {
			m.taken.bytes += len(*text)
		}
	}
	return err
}
