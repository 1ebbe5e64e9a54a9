package dot

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// implementation is one of each loop.
type implementation struct {
	rows8 func(q []int16, rows []int8, out []int32)
	fixed func(q []float32, high []int8, low []int16) float32
	weigh func(w *Weights, c *Columns, products []int32, out []float32, marks []uint8) float32
	peak  func(v []float32) uint32
	split func(v []float32, steps float64, high []int8, low []int16) float32
}

// naive is the definition of Rows8.
func naive(q []int16, rows []int8, n int) []int32 {
	out := make([]int32, n)
	for i := range out {
		for k, x := range q {
			out[i] += int32(x) * int32(rows[i*len(q)+k])
		}
	}
	return out
}

func TestEveryImplementationComputesTheSameIntegers(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 1))
	for _, length := range []int{64, 128, 192, 256, 512, 1024} {
		most := MaxQuery(length)
		for _, n := range []int{1, 2, 3, 17, 64} {
			for _, fill := range []struct {
				name  string
				query func() int16
				value func() int8
			}{
				{"random", func() int16 { return int16(r.IntN(2*int(most)+1) - int(most)) }, func() int8 { return int8(r.IntN(255) - 127) }},
				{"greatest", func() int16 { return most }, func() int8 { return 127 }},
				{"least", func() int16 { return -most }, func() int8 { return 127 }},
				{"zero", func() int16 { return 0 }, func() int8 { return -127 }},
			} {
				q, rows := make([]int16, length), make([]int8, length*n)
				for i := range q {
					q[i] = fill.query()
				}
				for i := range rows {
					rows[i] = fill.value()
				}
				want := naive(q, rows, n)
				for name, do := range implementations() {
					got := make([]int32, n)
					if do.rows8(q, rows, got); !slices.Equal(got, want) {
						t.Errorf("%s, %s, %d rows of %d: got %v, want %v", name, fill.name, n, length, got, want)
					}
				}
			}
		}
	}
}

func TestNoSumOverflows(t *testing.T) {
	for _, length := range []int{64, 192, 512, 1024, 1 << 14} {
		if got := int64(length) * 127 * int64(MaxQuery(length)); got > 1<<31-1 || MaxQuery(length) < 1 {
			t.Errorf("%d values: got a sum of %d with queries up to %d, want one of at most 31 bits", length, got, MaxQuery(length))
		}
	}
}

func TestRowsOfAnotherLengthAreRefused(t *testing.T) {
	for _, c := range []struct{ query, rows, out int }{{63, 63, 1}, {64, 63, 1}, {64, 64, 2}, {64, 192, 2}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%+v: got no panic, want one", c)
				}
			}()
			Rows8(make([]int16, c.query), make([]int8, c.rows), make([]int32, c.out))
		}()
	}
}

func FuzzRows8(f *testing.F) {
	f.Add([]byte("a query and rows"), uint8(3), uint8(2))
	f.Fuzz(func(t *testing.T, data []byte, parts, n uint8) {
		if len(data) == 0 {
			return
		}
		length, rows := Width*(1+int(parts)%8), 1+int(n)%32
		q, values := make([]int16, length), make([]int8, length*rows)
		most := MaxQuery(length)
		for i := range q {
			q[i] = max(-most, min(most, int16(data[i%len(data)])<<8|int16(data[(7*i+1)%len(data)])))
		}
		for i := range values {
			values[i] = max(-127, int8(data[(13*i+5)%len(data)]))
		}
		want := naive(q, values, rows)
		for name, do := range implementations() {
			got := make([]int32, rows)
			if do.rows8(q, values, got); !slices.Equal(got, want) {
				t.Fatalf("%s: got %v, want %v", name, got, want)
			}
		}
	})
}

func BenchmarkRows8(b *testing.B) {
	const n, length = 20_000, 192
	q, rows, out := make([]int16, length), make([]int8, n*length), make([]int32, n)
	for name, do := range implementations() {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(n * length)
			for b.Loop() {
				do.rows8(q, rows, out)
			}
		})
	}
}
