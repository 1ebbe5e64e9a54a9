package codec

import (
	"slices"
	"testing"

	"timbre"
)

// brittle is a decoder that panics.
type brittle struct{}

func (brittle) Decode(dst []int16, _ []byte) ([]int16, error) { panic(append(dst, 1)) }
func (brittle) Recover(dst []int16, _ int, _ []byte) []int16  { panic(append(dst, 1)) }
func (brittle) Reset()                                        { panic("reset") }

func TestPanicCostsOnePacketAndIsTold(t *testing.T) {
	for c, payloads := range spoken(t) {
		for name, use := range map[string]func(d Decoder, dst []int16) ([]int16, error){
			"decode": func(d Decoder, dst []int16) ([]int16, error) { return d.Decode(dst, payloads[0]) },
			"recover": func(d Decoder, dst []int16) ([]int16, error) {
				return d.Recover(dst, 160, payloads[0]), errUnreadable
			},
			"reset": func(d Decoder, dst []int16) ([]int16, error) { d.Reset(); return dst, errUnreadable },
		} {
			t.Run(c.Name()+" "+name, func(t *testing.T) {
				told := 0
				d, err := NewDecoder(c, func(any) { told++ })
				if err != nil {
					t.Fatal(err)
				}
				d.(*guard).Decoder = brittle{}
				before := []int16{7}
				if pcm, err := use(d, before); err == nil || !slices.Equal(pcm, before) || told != 1 {
					t.Errorf("got %v, %v, told %d times, want %v, an error, once", pcm, err, told, before)
				}
				if pcm, err := d.Decode(nil, payloads[0]); err != nil || len(pcm) != 160 || told != 1 {
					t.Errorf("the next packet: got %d samples, %v, told %d times, want 160 and no more", len(pcm), err, told)
				}
			})
		}
	}
}

func TestPanicNeedsNobodyToTell(t *testing.T) {
	d := &guard{Decoder: brittle{}, codec: timbre.G722}
	if _, err := d.Decode(nil, make([]byte, 160)); err == nil {
		t.Error("got no error, want one")
	}
}
