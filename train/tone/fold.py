"""The spectrum of frames by half the arithmetic, for stream.py.

The network makes the spectrum of a frame by a convolution with windowed cosines and sines. The window is the same from both ends. Counted from the
middle of the frame cosines are, too, and sines differ by their sign; power does not depend on where one counts from. So the later half of a frame
plus the earlier one, backwards, has the cosines, and their difference the sines.
"""
import numpy as np
from onnx import numpy_helper

HOP, LENGTH, POINTS = 80, 320, 512
BINS = POINTS // 2 + 1
CONV, POWER = "/frames/Conv", "/frames/Transpose_output_0"  # power is [1, frames, bins]
BLOCK, WITHIN = 1, 2  # axes
END = 1 << 62


def matrices(kernel):
    """from half a frame to its cosines and to its sines; kernel has those of a whole frame, counted from its first sample"""
    window = kernel[0, 0].astype(np.float64)
    n, k = np.arange(LENGTH), np.arange(BINS)[:, None]
    whole = np.concatenate([window * np.cos(2 * np.pi * k * n / POINTS), window * np.sin(2 * np.pi * k * n / POINTS)])
    assert np.abs(np.abs(kernel[:, 0]) - np.abs(whole)).max() < 1e-4 and np.abs(window - window[::-1]).max() < 1e-6
    half = LENGTH // 2
    angle = 2 * np.pi * np.outer(np.arange(half) + 0.5, np.arange(BINS)) / POINTS
    return [(window[half:, None] * f(angle)).astype(np.float32) for f in (np.cos, np.sin)]


def fold(graph, n):
    """replaces the convolution and all up to the power by nodes of n"""
    conv = next(node for node in graph.node if node.name == CONV)
    weights = next(i for i in graph.initializer if i.name == conv.input[1])
    for name, matrix in zip(("frames.cosines", "frames.sines"), matrices(numpy_helper.to_array(weights))):
        graph.initializer.append(numpy_helper.from_array(matrix, name))
    graph.initializer.remove(weights)

    whole = n.add("Mul", n.add("Div", n.length("samples"), n.ints(HOP)), n.ints(HOP))
    blocks = n.add("Reshape", n.slice("samples", 0, whole, 1), n.ints(1, -1, HOP))
    backwards = n.add("Slice", blocks, n.ints(-1), n.ints(-END), n.ints(WITHIN), n.ints(-1))
    later = n.add("Concat", n.slice(blocks, 2, -1, BLOCK), n.slice(blocks, 3, END, BLOCK), axis=WITHIN)
    earlier = n.add("Concat", n.slice(backwards, 1, -2, BLOCK), n.slice(backwards, 0, -3, BLOCK), axis=WITHIN)
    real = n.add("MatMul", n.add("Add", later, earlier), "frames.cosines")
    imaginary = n.add("MatMul", n.add("Sub", later, earlier), "frames.sines")
    n.add("Add", n.add("Mul", real, real), n.add("Mul", imaginary, imaginary), name=POWER)

    kept = needed(graph, {*(o.name for o in graph.output)}, {POWER})
    del graph.node[:]
    graph.node.extend([*n, *kept])


def needed(graph, names, given):
    """the nodes that make the tensors of these names, where those given are there"""
    kept = []
    for node in reversed(graph.node):
        if (names - given) & {*node.output}:
            names |= {*node.input}
            kept.insert(0, node)
    return kept
