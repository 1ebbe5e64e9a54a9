"""Rebuilds the published Silero VAD as a graph over sequences: the weights for 8 kHz, and nothing that looks at shapes while it runs.

    cd train && .venv/bin/python vad/sequence.py PUBLISHED.onnx ../models/vad/silero_vad_v6_8k.onnx

The published graph takes one window of each leg in a run. This one takes `steps` successive windows of each: what looks at a window alone is
done for all at once, and only the recurrent cell goes from window to window. Equality with the published graph is checked at the end.

A window has four frames, and a convolution over four frames is little arithmetic and much preparation. So each is one matrix, from all frames
of a window to all that the convolution makes of them: where it reaches past them there are zeros, and the windows are the rows of one product.
"""

import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

WINDOW, STATE = 288, 128
HOP, FRAMES, BINS = 64, 4, 65  # a frame is two hops
PREFIX = "If_0_else_branch__Inline_0__"  # the branch for 8 kHz


def weights(path):
    """The tensors of the branch for 8 kHz, by name."""
    choice = next(n for n in onnx.load(path).graph.node if n.op_type == "If")
    branch = next(a.g for a in choice.attribute if a.name == "else_branch")
    return {n.output[0].removeprefix(PREFIX): numpy_helper.to_array(n.attribute[0].t) for n in branch.node if n.op_type == "Constant"}


def gates(rows):
    """Torch orders the gates of a cell input, forget, cell, output; ONNX input, output, forget, cell."""
    i, f, c, o = np.split(rows, 4)
    return np.concatenate([i, o, f, c])


def matrix(kernel, frames, stride):
    """A convolution of three taps, with a zero before and after the frames, as a matrix; and how many frames it makes."""
    outputs, inputs, taps = kernel.shape
    made = (frames - 1) // stride + 1
    rows = np.zeros((frames, inputs, made, outputs), np.float32)
    for out in range(made):
        for tap in range(taps):
            if 0 <= (at := out * stride + tap - 1) < frames:
                rows[at, :, out] = kernel[:, :, tap].T
    return rows.reshape(frames * inputs, made * outputs), made


def build(w):
    constants = {
        "padding": np.array([0, 0, 0, (FRAMES + 1) * HOP - WINDOW], np.int64),
        "windows": np.array([-1, WINDOW], np.int64),
        "hops": np.array([-1, FRAMES + 1, HOP], np.int64),
        "first hop": np.array([0], np.int64),
        "second hop": np.array([1], np.int64),
        "last hop": np.array([FRAMES], np.int64),
        "end": np.array([FRAMES + 1], np.int64),
        "one": np.array([1], np.int64),
        "basis": np.ascontiguousarray(w["stft.forward_basis_buffer"][:, 0].T),
        "halves": np.array([BINS, BINS], np.int64),
        "all frames": np.array([-1, FRAMES * BINS], np.int64),
        "kernel": gates(w["decoder.rnn.weight_ih"])[None],
        "recurrence": gates(w["decoder.rnn.weight_hh"])[None],
        "bias": np.concatenate([gates(w["decoder.rnn.bias_ih"]), gates(w["decoder.rnn.bias_hh"])])[None],
        "decoder.weight": w["decoder.decoder.2.weight"].reshape(STATE, 1),
        "decoder.bias": w["decoder.decoder.2.bias"],
        "last": np.array([-1], np.int64),
        "cells": np.array([STATE], np.int64),
        "from": np.array([0], np.int64),
        "to": np.array([2], np.int64),
    }
    node = helper.make_node
    nodes = [
        node("Reshape", ["input", "windows"], ["window"]),
        node("Pad", ["window", "padding"], ["padded"], mode="reflect"),
        node("Reshape", ["padded", "hops"], ["each hop"]),
        node("Slice", ["each hop", "first hop", "last hop", "one"], ["earlier"]),
        node("Slice", ["each hop", "second hop", "end", "one"], ["later"]),
        node("Concat", ["earlier", "later"], ["frames"], axis=2),
        node("MatMul", ["frames", "basis"], ["spectrum"]),
        node("Split", ["spectrum", "halves"], ["real", "imaginary"], axis=2),
        node("Mul", ["real", "real"], ["real2"]),
        node("Mul", ["imaginary", "imaginary"], ["imaginary2"]),
        node("Add", ["real2", "imaginary2"], ["power"]),
        node("Sqrt", ["power"], ["magnitude"]),
        node("Reshape", ["magnitude", "all frames"], ["heard0"]),
    ]
    frames = FRAMES
    for i, stride in enumerate((1, 2, 2, 1)):
        name = f"encoder.{i}.reparam_conv."
        constants[f"weight{i}"], frames = matrix(w[name + "weight"], frames, stride)
        constants[f"bias{i}"] = np.tile(w[name + "bias"], frames)
        nodes += [
            node("Gemm", [f"heard{i}", f"weight{i}", f"bias{i}"], [f"sum{i}"]),
            node("Relu", [f"sum{i}"], [f"heard{i + 1}"]),
        ]
    nodes += [
        node("Shape", ["input"], ["shape"]),
        node("Slice", ["shape", "from", "to"], ["steps and legs"]),
        node("Concat", ["steps and legs", "cells"], ["sequence shape"], axis=0),
        node("Reshape", ["heard4", "sequence shape"], ["sequence"]),
        node("Split", ["state"], ["hidden", "cell"], axis=0),
        node("LSTM", ["sequence", "kernel", "recurrence", "bias", "", "hidden", "cell"], ["all", "hiddenN", "cellN"], hidden_size=STATE),
        node("Squeeze", ["all", "one"], ["every"]),
        node("Relu", ["every"], ["active"]),
        node("MatMul", ["active", "decoder.weight"], ["weighed"]),
        node("Add", ["weighed", "decoder.bias"], ["odds"]),
        node("Squeeze", ["odds", "last"], ["flat"]),
        node("Sigmoid", ["flat"], ["output"]),
        node("Concat", ["hiddenN", "cellN"], ["stateN"], axis=0),
    ]
    value = lambda name, *shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
    graph = helper.make_graph(
        nodes, "silero_vad_8k",
        [value("input", "steps", "legs", WINDOW), value("state", 2, "legs", STATE)],
        [value("output", "steps", "legs"), value("stateN", 2, "legs", STATE)],
        [numpy_helper.from_array(v, k) for k, v in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 16)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    return model


def compare(published, rebuilt, steps=200, legs=3):
    """The largest difference of scores and states between the two graphs, on noise that comes and goes."""
    draw = np.random.default_rng(1)
    audio = (draw.standard_normal((steps, legs, WINDOW)) * draw.uniform(0, 0.3, (steps, legs, 1))).astype(np.float32)
    old, new = (onnxruntime.InferenceSession(p, providers=["CPUExecutionProvider"]) for p in (published, rebuilt))
    state, scores = np.zeros((2, legs, STATE), np.float32), []
    for window in audio:
        score, state = old.run(None, {"input": window, "state": state, "sr": np.array(8000, np.int64)})
        scores.append(score[:, 0])
    got, end = new.run(None, {"input": audio, "state": np.zeros((2, legs, STATE), np.float32)})
    return max(np.abs(got - scores).max(), np.abs(end - state).max())


if __name__ == "__main__":
    published, out = sys.argv[1:]
    onnx.save(build(weights(published)), out)
    difference = compare(published, out)
    print(f"largest difference {difference:.1e}")
    sys.exit(int(difference > 1e-5))
