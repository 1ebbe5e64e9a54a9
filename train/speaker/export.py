"""Export: front end and network as one ONNX graph of standard operators, weights stored in half precision.

Arithmetic stays in single precision: a Cast follows each stored weight, and ONNX Runtime folds it when it loads the file. The Fourier and
filterbank matrices and all vectors stay in single precision, where rounding would cost accuracy and gain nothing.
"""
import io

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from . import campplus, frontend

OPSET = 17


def graph(net):
    """The ONNX model of a network with its front end, in single precision. Batch norms that follow a convolution are folded into it."""
    file = io.BytesIO()
    torch.onnx.export(frontend.Embedder(net).eval(), torch.zeros(1, 5 * frontend.RATE // 2), file, opset_version=OPSET,
                      input_names=['samples'], output_names=['embedding'], dynamic_axes={'samples': {1: 'n'}})
    return onnx.load_model_from_string(file.getvalue())


def halve(model):
    """Stores the matrices and kernels of the network in half precision, each followed by a Cast."""
    casts = []
    exact = [frontend.Frontend().kernel.shape, frontend.Frontend().mel.shape]
    for weight in model.graph.initializer:
        value = numpy_helper.to_array(weight)
        if value.dtype != np.float32 or value.ndim < 2 or value.shape in exact:
            continue
        name = weight.name
        weight.CopyFrom(numpy_helper.from_array(value.astype(np.float16), name + '.half'))
        casts.append(helper.make_node('Cast', [name + '.half'], [name], to=TensorProto.FLOAT))
    nodes = casts + list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    return model


def export(weights, out):
    model = halve(graph(campplus.load(weights)))
    del model.metadata_props[:]
    model.producer_name, model.producer_version, model.doc_string = 'timbre', '', ''
    onnx.checker.check_model(model)
    onnx.save(model, str(out))
