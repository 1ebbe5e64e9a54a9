package dot

// LowBits is how many bits of a fixed-point number are in its low part.
const LowBits = 16

// Fixed returns the dot product of q and a vector of fixed-point numbers of 24 bits, which is in two parts: high[i]<<LowBits + low[i].
// Neither part may be shorter than q.
func Fixed(q []float32, high []int8, low []int16) float32 {
	high, low = high[:len(q)], low[:len(q)]
	whole := len(q) / fixedStep * fixedStep
	return fixed(q[:whole], high[:whole], low[:whole]) + fixedPortable(q[whole:], high[whole:], low[whole:])
}

// fixedStep is what the length of the vectors that fixed takes is a multiple of.
const fixedStep = 16

func fixedPortable(q []float32, high []int8, low []int16) float32 {
	high, low = high[:len(q)], low[:len(q)]
	var even, odd float32
	for i := 0; i+1 < len(q); i += 2 {
		even += q[i] * float32(int32(high[i])<<LowBits+int32(low[i]))
		odd += q[i+1] * float32(int32(high[i+1])<<LowBits+int32(low[i+1]))
	}
	if last := len(q) - 1; last%2 == 0 {
		even += q[last] * float32(int32(high[last])<<LowBits+int32(low[last]))
	}
	return even + odd
}
