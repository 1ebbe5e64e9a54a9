"""tone.onnx of samples alone -> a network that goes on where it was: new samples and the frames of earlier ones in, the tone of both out.

    python stream.py --whole whole.onnx --out ../../models/tone/tone.onnx

A frame is what the network knows of 320 samples, every 80, whatever the rest of the speech: log-mel spectrum, voicing, pitch and energy, to
which this adds the energy of the 80, for the level of all. What depends on the whole stretch lies behind the cut. Voicing and pitch are
means of a frame and both of its neighbours, and at the edges of one. The new samples therefore begin with the last frame of the past once more,
for the sake of the next; the last frame of all, whose successor is yet to come, is not given back; and each frame has voicing and pitch
twice, also as the first one that it may become.
"""
import argparse
import copy

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import fold

HOP, END = 80, 1 << 62
TIME, TRACK = 1, 2  # axes
SPECTRUM, VOICING, PITCH, ENERGY = "/frames/Log_output_0", "/frames/ReduceMax_output_0", "/frames/Gather_1_output_0", "/frames/Log_1_output_0"
NEIGHBOURS = "/frames/AveragePool_output_0"  # means over three frames, from which voicing and pitch follow
SQUARES, POWER = "/Mul_7_output_0", "/ReduceMean_output_0"  # of all samples, and their mean


class Nodes(list):
    """new nodes and their constants"""

    def __init__(self, of):
        self.of, self.constants = of, []

    def ints(self, *values):
        self.constants.append(numpy_helper.from_array(np.array(values, np.int64), f"{self.of}.constant{len(self.constants)}"))
        return self.constants[-1].name

    def add(self, op, *inputs, name=None, **attributes):
        self.append(helper.make_node(op, inputs, [name or f"{self.of}.{len(self)}"], **attributes))
        return self[-1].output[0]

    def slice(self, x, begin, end, axis, name=None):
        position = lambda p: self.ints(p) if isinstance(p, int) else p
        return self.add("Slice", x, position(begin), position(end), self.ints(axis), name=name)

    def length(self, x):
        return self.slice(self.add("Shape", x), TIME, TIME + 1, 0)


def split(nodes):
    """those that make frames, and those that read them"""
    needed, before = {SPECTRUM, VOICING, PITCH, ENERGY, SQUARES}, []
    for n in reversed(nodes):
        if needed & {*n.output}:
            needed |= {*n.input}
            before.insert(0, n)
    return before, [n for n in nodes if n not in before and POWER not in n.output]


def as_first(before):
    """voicing and pitch of each frame as they are if it has no predecessor"""
    names, added = {}, []
    for n in before:
        if NEIGHBOURS in n.output or names.keys() & {*n.input}:
            n = copy.deepcopy(n)
            names |= {o: f"stream{o}" for o in n.output}
            n.input[:], n.output[:], n.name = [names.get(i, i) for i in n.input], [names[o] for o in n.output], f"stream{n.name}"
            if n.op_type == "AveragePool":
                del n.attribute[:]
                n.attribute.extend(helper.make_attribute(k, v) for k, v in (("kernel_shape", [2]), ("pads", [0, 1]), ("strides", [1])))
            added.append(n)
    return added, names[VOICING], names[PITCH]


def join(n, first_voicing, first_pitch):
    """frames of new samples, past -> what is read of the frames of both, by the names of those of new samples; gives back frames"""
    whole = n.add("Mul", n.length(SPECTRUM), n.ints(HOP))
    hops = n.add("Reshape", n.slice(SQUARES, 0, whole, TIME), n.ints(1, -1, HOP))
    column = lambda name: n.add("Unsqueeze", name, n.ints(TRACK))
    new = n.add("Concat", SPECTRUM, *map(column, (VOICING, PITCH, ENERGY, first_voicing, first_pitch)), n.add("ReduceSum", hops, n.ints(TRACK)), axis=TRACK)
    common = n.add("Min", n.length("past"), n.ints(1))
    both = n.add("Concat", "past", n.slice(new, common, END, TIME), axis=TIME)
    n.slice(both, 0, -1, TIME, name="frames")

    spectrum, voicing, pitch, energy, first_voicing, first_pitch, power = (n.slice(both, *at, TRACK) for at in columns())
    edged = lambda first, rest: n.add("Concat", n.slice(first, 0, 1, TIME), n.slice(rest, 1, END, TIME), axis=TIME)
    track = lambda x: n.add("Squeeze", x, n.ints(TRACK))
    rest = n.slice(SQUARES, whole, END, TIME)
    total = n.add("Add", n.add("ReduceSum", track(power), n.ints(TIME)), n.add("ReduceSum", rest, n.ints(TIME)))
    samples = n.add("Add", n.add("Mul", n.length(both), n.ints(HOP)), n.length(rest))
    return {
        SPECTRUM: spectrum, VOICING: track(edged(first_voicing, voicing)), PITCH: track(edged(first_pitch, pitch)), ENERGY: track(energy),
        POWER: n.add("Div", total, n.add("Cast", samples, to=TensorProto.FLOAT)),
    }


def columns(bands=32):
    """where each track lies in a frame"""
    return [(0, bands)] + [(i, i + 1) for i in range(bands, bands + 6)]


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--whole", required=True)
    ap.add_argument("--out", default="../../models/tone/tone.onnx")
    a = ap.parse_args()
    model, folded, new = onnx.load(a.whole), Nodes("fold"), Nodes("stream")
    fold.fold(model.graph, folded)
    before, after = split(model.graph.node)
    added, voicing, pitch = as_first(before)
    names = join(new, voicing, pitch)
    for node in after:
        node.input[:] = [names.get(i, i) for i in node.input]
    del model.graph.node[:]
    model.graph.node.extend([*before, *added, *new, *after])
    model.graph.initializer.extend([*folded.constants, *new.constants])
    width = columns()[-1][1]
    model.graph.input.append(helper.make_tensor_value_info("past", TensorProto.FLOAT, [1, "past", width]))
    model.graph.output.append(helper.make_tensor_value_info("frames", TensorProto.FLOAT, [1, "frames", width]))
    onnx.checker.check_model(model)
    onnx.save(model, a.out)


if __name__ == "__main__":
    main()
