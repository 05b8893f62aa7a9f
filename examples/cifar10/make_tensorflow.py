"""Write the example network as a TensorFlow frozen graph.

    python3 make_tensorflow.py [model.caffemodel] [model.pb]

The weights come from model.caffemodel, the layers from network.py; TensorFlow
itself is not needed.  The graph is NHWC and takes the same numbers as the Caffe
network: "data", 1 x 32 x 32 x 3, channels B, G, R, 255 * value minus the mean
(104, 117, 123).  Its output is "prob", 1 x 10.

Nodes are named like the Caffe layers.  A BatchNorm layer and the Scale layer
after it become one FusedBatchNorm, named like the BatchNorm layer.  A 3 x 3
convolution with stride 2 and one pixel of padding on every side is not what
TensorFlow calls SAME (that pads only below and to the right), so it is a Pad
node followed by a VALID convolution.
"""
import os
import sys

import numpy as np

from network import BN_EPS, LAYERS, pb_bytes, pb_float, pb_int, read_caffemodel, shapes, varint

DT_FLOAT, DT_INT32 = 1, 3


# AttrValue: list = 1, s = 2, i = 3, f = 4, b = 5, type = 6, shape = 7, tensor = 8
def attr_str(s):
    return pb_bytes(2, s)


def attr_float(x):
    return pb_float(4, x)


def attr_bool(b):
    return pb_int(5, int(b))


def attr_type(t):
    return pb_int(6, t)


def attr_ints(values):  # ListValue: i = 3, packed
    return pb_bytes(1, pb_bytes(3, b"".join(varint(v) for v in values)))


def shape_proto(dims):  # TensorShapeProto: dim = 2 {size = 1}
    return b"".join(pb_bytes(2, pb_int(1, d)) for d in dims)


def attr_shape(dims):
    return pb_bytes(7, shape_proto(dims))


def attr_tensor(a):  # TensorProto: dtype = 1, tensor_shape = 2, tensor_content = 4
    kind, raw = (DT_INT32, "<i4") if a.dtype.kind == "i" else (DT_FLOAT, "<f4")
    return pb_bytes(8, pb_int(1, kind) + pb_bytes(2, shape_proto(a.shape)) +
                    pb_bytes(4, np.ascontiguousarray(a, raw).tobytes()))


class Graph:
    def __init__(self):
        self.nodes = []

    def node(self, name, op, inputs, **attrs):
        """NodeDef: name = 1, op = 2, input = 3, attr = 5 {key = 1, value = 2}."""
        body = pb_bytes(1, name) + pb_bytes(2, op) + b"".join(pb_bytes(3, i) for i in inputs)
        for key in sorted(attrs):
            body += pb_bytes(5, pb_bytes(1, key) + pb_bytes(2, attrs[key]))
        self.nodes.append(pb_bytes(1, body))
        return name

    def const(self, name, a):
        kind = DT_INT32 if a.dtype.kind == "i" else DT_FLOAT
        return self.node(name, "Const", [], dtype=attr_type(kind), value=attr_tensor(a))

    def bytes(self):  # GraphDef: node = 1, versions = 4 {producer = 1}
        return b"".join(self.nodes) + pb_bytes(4, pb_int(1, 27))


def build(blobs):
    g, size, out = Graph(), shapes(), {}  # out: Caffe blob -> TensorFlow node
    T, nhwc = attr_type(DT_FLOAT), attr_str("NHWC")
    for i, l in enumerate(LAYERS):
        p, x = l.params, [out[b] for b in l.bottoms]
        if l.type == "Input":
            c, h, w = size[l.top]
            y = g.node(l.name, "Placeholder", [], dtype=T, shape=attr_shape((1, h, w, c)))
        elif l.type == "Convolution":
            weights, depthwise = blobs[l.name][0], p["group"] > 1
            k, s = p["kernel_size"], p["stride"]
            assert p["pad"] == k // 2 and (not depthwise or weights.shape[1] == 1)
            if k > 1 and s > 1:
                pads = g.const(l.name + "/pad/paddings", np.array([[0, 0], [1, 1], [1, 1], [0, 0]], np.int32))
                x = [g.node(l.name + "/pad", "Pad", x + [pads], T=T, Tpaddings=attr_type(DT_INT32))]
            order = (2, 3, 0, 1) if depthwise else (2, 3, 1, 0)
            weights = g.const(l.name + "/weights", weights.transpose(order))
            y = g.node(l.name, "DepthwiseConv2dNative" if depthwise else "Conv2D", x + [weights], T=T,
                       data_format=nhwc, strides=attr_ints((1, s, s, 1)), dilations=attr_ints((1, 1, 1, 1)),
                       padding=attr_str("VALID" if k > 1 and s > 1 else "SAME"))
        elif l.type == "BatchNorm":
            mean, var, factor = blobs[l.name]
            gamma, beta = blobs[LAYERS[i + 1].name]
            consts = [g.const(f"{l.name}/{n}", a) for n, a in (
                ("gamma", gamma), ("beta", beta), ("mean", mean / factor), ("variance", var / factor))]
            y = g.node(l.name, "FusedBatchNorm", x + consts, T=T, data_format=nhwc,
                       epsilon=attr_float(BN_EPS), is_training=attr_bool(False))
        elif l.type == "Scale":
            y = x[0]  # done by the FusedBatchNorm before it
        elif l.type == "ReLU":
            y = g.node(l.name, "Relu", x, T=T)
        elif l.type == "Eltwise":
            y = g.node(l.name, "AddV2", x, T=T)
        elif l.type == "Concat":
            axis = g.const(l.name + "/axis", np.array(3, np.int32))
            y = g.node(l.name, "ConcatV2", x + [axis], T=T, Tidx=attr_type(DT_INT32),
                       N=pb_int(3, len(x)))
        elif l.type == "Pooling" and p.get("global_pooling"):
            axes = g.const(l.name + "/axes", np.array([1, 2], np.int32))
            y = g.node(l.name, "Mean", x + [axes], T=T, Tidx=attr_type(DT_INT32), keep_dims=attr_bool(False))
        elif l.type == "Pooling":
            k, s = p["kernel_size"], p["stride"]
            y = g.node(l.name, "MaxPool", x, T=T, data_format=nhwc, ksize=attr_ints((1, k, k, 1)),
                       strides=attr_ints((1, s, s, 1)), padding=attr_str("SAME" if p.get("pad") else "VALID"))
        elif l.type == "InnerProduct":
            weights, bias = blobs[l.name]
            y = g.node(l.name + "/matmul", "MatMul", x + [g.const(l.name + "/weights", weights.T)], T=T,
                       transpose_a=attr_bool(False), transpose_b=attr_bool(False))
            y = g.node(l.name, "BiasAdd", [y, g.const(l.name + "/bias", bias)], T=T, data_format=nhwc)
        elif l.type == "Softmax":
            y = g.node(l.name, "Softmax", x, T=T)
        else:
            raise ValueError(f"{l.name}: no TensorFlow node for {l.type}")
        out[l.top] = y
    return g.bytes()


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    source = sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "model.caffemodel")
    target = sys.argv[2] if len(sys.argv) > 2 else os.path.join(here, "model.pb")
    with open(source, "rb") as f:
        blobs = read_caffemodel(f.read())
    data = build(blobs)
    with open(target, "wb") as f:
        f.write(data)
    print(f"{os.path.basename(target)}: {len(data)} bytes")


if __name__ == "__main__":
    main()
