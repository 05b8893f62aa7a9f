"""The network of this example, described once, and the file formats around it.

LAYERS is the single description from which everything else is derived: the
PyTorch model (train.py), deploy.prototxt and model.caffemodel (here) and the
TensorFlow graph (make_tensorflow.py).  Only NumPy is needed here; the few
protobuf messages are written and read by hand.
"""
import struct

import numpy as np

INPUT_SHAPE = (1, 3, 32, 32)
MEAN_BGR = (104.0, 117.0, 123.0)
BN_EPS = 1e-5


# ---------------------------------------------------------------- description
class Layer:
    """One Caffe layer: name, type, bottom and top blob names, parameters."""

    def __init__(self, name, type, bottoms, top, **params):
        self.name, self.type, self.bottoms, self.top = name, type, bottoms, top
        self.params = params


def build_layers():
    layers = [Layer("data", "Input", [], "data")]

    def add(name, type, bottoms, top=None, **params):
        layers.append(Layer(name, type, bottoms, top or name, **params))
        return layers[-1].top

    def conv(name, bottom, out, kernel=1, pad=0, stride=1, group=1, relu=True):
        """Convolution + BatchNorm + Scale (+ ReLU), the last three in place."""
        add(name, "Convolution", [bottom], num_output=out, kernel_size=kernel, pad=pad,
            stride=stride, group=group, bias_term=False)
        add(name + "/bn", "BatchNorm", [name], name)
        add(name + "/scale", "Scale", [name], name)
        if relu:
            add(name + "/relu", "ReLU", [name], name)
        return name

    def eltwise(name, a, b):
        add(name + "/eltwise", "Eltwise", [a, b])
        return add(name + "/relu", "ReLU", [name + "/eltwise"], name + "/eltwise")

    # 32 x 32
    x = conv("conv1", "data", 24, kernel=3, pad=1)
    x = add("pool1", "Pooling", [x], pool="MAX", kernel_size=2, stride=2)
    # 16 x 16: a plain convolution and a residual block
    x = conv("conv2", x, 32, kernel=3, pad=1)
    y = conv("res1/conv1", x, 32, kernel=3, pad=1)
    y = conv("res1/conv2", y, 32, kernel=3, pad=1, relu=False)
    x = eltwise("res1", x, y)
    # 16 x 16 -> 8 x 8: expand, depthwise with stride 2, pointwise
    x = conv("dw1/expand", x, 64)
    x = conv("dw1/dw", x, 64, kernel=3, pad=1, stride=2, group=64)
    x = conv("dw1/pw", x, 96)
    # 8 x 8: inception block with four branches, one of them pooled
    a = conv("inc/1x1", x, 32)
    b = conv("inc/3x3", conv("inc/3x3_reduce", x, 32), 48, kernel=3, pad=1)
    c = conv("inc/double3x3_a", conv("inc/double3x3_reduce", x, 16), 24, kernel=3, pad=1)
    c = conv("inc/double3x3_b", c, 24, kernel=3, pad=1)
    d = add("inc/pool", "Pooling", [x], pool="MAX", kernel_size=3, stride=1, pad=1)
    d = conv("inc/pool_proj", d, 24)
    x = add("inc/concat", "Concat", [a, b, c, d])
    # 8 x 8: residual block with a depthwise separable convolution
    y = conv("res2/pw", conv("res2/dw", x, 128, kernel=3, pad=1, group=128), 128, relu=False)
    x = eltwise("res2", x, y)
    x = add("pool2", "Pooling", [x], pool="MAX", kernel_size=2, stride=2)
    # 4 x 4
    x = conv("dw2/pw", conv("dw2/dw", x, 128, kernel=3, pad=1, group=128), 192)
    y = conv("res3/pw", conv("res3/dw", x, 192, kernel=3, pad=1, group=192), 192, relu=False)
    x = eltwise("res3", x, y)
    # classifier
    x = add("pool3", "Pooling", [x], pool="AVE", global_pooling=True)
    x = add("fc10", "InnerProduct", [x], num_output=10)
    add("prob", "Softmax", [x])
    return layers


LAYERS = build_layers()


def shapes(layers=LAYERS):
    """Blob name -> (channels, height, width); every division below is exact,
    so Caffe's rounding up of pooled sizes never matters."""
    size = {}
    for l in layers:
        p = l.params
        if l.type == "Input":
            size[l.top] = INPUT_SHAPE[1:]
            continue
        c, h, w = size[l.bottoms[0]]
        if l.type in ("Convolution", "Pooling") and not p.get("global_pooling"):
            k, pad, s = p["kernel_size"], p.get("pad", 0), p["stride"]
            h, w = ((n + 2 * pad - k) // s + 1 for n in (h, w))
            c = p.get("num_output", c)
        elif l.type == "Pooling":
            h = w = 1
        elif l.type == "InnerProduct":
            c, h, w = p["num_output"], 1, 1
        elif l.type == "Concat":
            c = sum(size[b][0] for b in l.bottoms)
        elif l.type == "Eltwise":
            assert len({size[b] for b in l.bottoms}) == 1
        size[l.top] = (c, h, w)
    return size


def macs(layers=LAYERS):
    """Multiply-accumulate operations per image (convolutions, inner products)."""
    size, total = shapes(layers), 0
    for l in layers:
        c, h, w = size[l.top]
        if l.type == "Convolution":
            cin = size[l.bottoms[0]][0] // l.params["group"]
            total += c * h * w * cin * l.params["kernel_size"] ** 2
        elif l.type == "InnerProduct":
            total += c * int(np.prod(size[l.bottoms[0]]))
    return total


def parameters(layers=LAYERS):
    """Learned parameters (weights, biases, BatchNorm scale and shift)."""
    size, total = shapes(layers), 0
    for l in layers:
        c = size[l.top][0]
        if l.type == "Convolution":
            total += c * (size[l.bottoms[0]][0] // l.params["group"]) * l.params["kernel_size"] ** 2
        elif l.type == "Scale":
            total += 2 * c
        elif l.type == "InnerProduct":
            total += c * (int(np.prod(size[l.bottoms[0]])) + 1)
    return total


# ------------------------------------------------------------- deploy.prototxt
def prototxt(layers=LAYERS):
    out = ['name: "cifar10"']

    def block(name, fields):
        out.append(f"  {name} {{ " + " ".join(f"{k}: {v}" for k, v in fields.items()) + " }")

    for l in layers:
        p = l.params
        out += ["layer {", f'  name: "{l.name}"', f'  type: "{l.type}"']
        out += [f'  bottom: "{b}"' for b in l.bottoms] + [f'  top: "{l.top}"']
        if l.type == "Input":
            dims = " ".join(f"dim: {d}" for d in INPUT_SHAPE)
            out.append(f"  input_param {{ shape {{ {dims} }} }}")
        elif l.type == "Convolution":
            fields = {"num_output": p["num_output"], "bias_term": "false",
                      "kernel_size": p["kernel_size"], "pad": p["pad"], "stride": p["stride"]}
            if p["group"] > 1:
                fields["group"] = p["group"]
            block("convolution_param", fields)
        elif l.type == "BatchNorm":
            block("batch_norm_param", {"use_global_stats": "true", "eps": "1e-05"})
        elif l.type == "Scale":
            block("scale_param", {"bias_term": "true"})
        elif l.type == "Pooling" and p.get("global_pooling"):
            block("pooling_param", {"pool": p["pool"], "global_pooling": "true"})
        elif l.type == "Pooling":
            block("pooling_param", {k: v for k, v in p.items() if v})
        elif l.type == "Eltwise":
            block("eltwise_param", {"operation": "SUM"})
        elif l.type == "Concat":
            block("concat_param", {"axis": 1})
        elif l.type == "InnerProduct":
            block("inner_product_param", {"num_output": p["num_output"]})
        out.append("}")
    return "\n".join(out) + "\n"


# -------------------------------------------------------------------- protobuf
def varint(n):
    n &= (1 << 64) - 1
    out = bytearray()
    while n > 0x7F:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    out.append(n)
    return bytes(out)


def pb_int(field, n):
    return varint(field << 3) + varint(n)


def pb_float(field, x):
    return varint(field << 3 | 5) + struct.pack("<f", x)


def pb_bytes(field, data):
    if isinstance(data, str):
        data = data.encode()
    return varint(field << 3 | 2) + varint(len(data)) + data


def pb_fields(buf):
    """Yield (field number, value) of a message; value is int or bytes."""
    pos = 0

    def read_varint():
        nonlocal pos
        n = shift = 0
        while True:
            b = buf[pos]
            pos += 1
            n |= (b & 0x7F) << shift
            shift += 7
            if b < 0x80:
                return n

    while pos < len(buf):
        key = read_varint()
        kind = key & 7
        if kind == 0:
            value = read_varint()
        else:
            n = {1: 8, 5: 4}.get(kind) or read_varint()
            value = buf[pos:pos + n]
            pos += n
        yield key >> 3, value


# ------------------------------------------------------------ model.caffemodel
def caffemodel(blobs, layers=LAYERS):
    """NetParameter with the blobs {layer name: [arrays]} as bytes."""
    net = [pb_bytes(1, "cifar10")]
    for l in layers:
        body = pb_bytes(1, l.name) + pb_bytes(2, l.type)
        body += b"".join(pb_bytes(3, b) for b in l.bottoms) + pb_bytes(4, l.top)
        for a in blobs.get(l.name, []):
            shape = pb_bytes(1, b"".join(varint(d) for d in a.shape))
            body += pb_bytes(7, pb_bytes(7, shape) + pb_bytes(5, a.astype("<f4").tobytes()))
        net.append(pb_bytes(100, body))
    return b"".join(net)


def read_caffemodel(data):
    """The blobs of a caffemodel written by caffemodel()."""
    blobs = {}
    for field, layer in pb_fields(data):
        if field != 100:
            continue
        fields = list(pb_fields(layer))
        name = next(v for f, v in fields if f == 1).decode()
        for blob in (v for f, v in fields if f == 7):
            parts = dict(pb_fields(blob))
            dims = dict(pb_fields(parts[7]))[1]
            # dims are packed varints: read them as the values of a message
            shape, n, shift = [], 0, 0
            for b in dims:
                n |= (b & 0x7F) << shift
                shift += 7
                if b < 0x80:
                    shape.append(n)
                    n = shift = 0
            blobs.setdefault(name, []).append(np.frombuffer(parts[5], "<f4").reshape(shape))
    return blobs
