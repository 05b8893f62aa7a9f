#!/usr/bin/env python3
"""Builds small frozen graphs with TensorFlow, runs them, and packs graphs, inputs and TensorFlow's own outputs.

    python3 -m venv venv && venv/bin/pip install tensorflow-cpu && venv/bin/python test/golden/tensorflow/make.py

Writes cases.json (what there is) and cases.bin (serialized GraphDefs and float32 arrays, one after the other).
Every case is seeded by its name. Only node types and attributes matter; sizes are as small as they can be.
"""
import json
import os
import sys
import zlib

sys.dont_write_bytecode = True

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
os.environ.setdefault('CUDA_VISIBLE_DEVICES', '')
os.environ.setdefault('TF_ENABLE_ONEDNN_OPTS', '0')

import numpy as np
import tensorflow as tf
from tensorflow.core.framework import graph_pb2

from networks import NETWORKS

v1 = tf.compat.v1
raw = tf.raw_ops
HERE = os.path.dirname(os.path.abspath(__file__))
CASES = {}


def case(shape=(1, 6, 7, 3), name=None, declared='same', low=-1.0, high=1.0, edit=None, outputs=None, twin=None, **options):
    """Registers a graph. `edit` changes the GraphDef after TensorFlow ran it; `twin` computes the same where TensorFlow on a CPU cannot."""
    def register(build):
        CASES[name or build.__name__] = dict(build=build, shape=shape, declared=shape if declared == 'same' else declared, low=low, high=high, edit=edit,
                                             outputs=outputs, twin=twin, options=options)
        return build
    return register


class Maker:
    """Seeded constants for one case."""

    def __init__(self, name):
        self.random = np.random.RandomState(zlib.crc32(name.encode()))

    def values(self, *shape, low=-1.0, high=1.0):
        return self.random.uniform(low, high, shape).astype(np.float32)

    def __call__(self, *shape, low=-1.0, high=1.0, dtype=tf.float32, name=None):
        return tf.constant(self.values(*shape, low=low, high=high), dtype=dtype, name=name)


def run(name, entry):
    make = Maker(name)
    x = make.random.uniform(entry['low'], entry['high'], entry['shape']).astype(np.float32)
    graph = tf.Graph()
    with graph.as_default():
        placeholder = v1.placeholder(tf.float32, entry['declared'], name='x')
        result = entry['build'](placeholder, make)
        results = list(result) if isinstance(result, (list, tuple)) else [result]
        names = [t.name for t in results]
        if entry['twin'] is None:
            with v1.Session(graph=graph) as session:
                values = session.run(results, {placeholder: x})
        else:
            values = entry['twin'](x, Maker(name), entry)
    definition = graph.as_graph_def()
    if entry['edit'] is not None:
        entry['edit'](definition)
    names = entry['outputs'] or names
    read = {i.lstrip('^').split(':')[0] for node in definition.node for i in node.input}
    if any(n.split(':')[0] in read for n in names):
        entry['options'].setdefault('outputLayers', [n[:-2] if n.endswith(':0') else n for n in names])
    return definition, x, [(n[:-2] if n.endswith(':0') else n, np.asarray(v)) for n, v in zip(names, values)]


# Convolutions.
for padding in ('SAME', 'VALID'):
    for stride in (1, 2, 3):
        for kernel in (1, 2, 3, 5):
            def conv(x, make, padding=padding, stride=stride, kernel=kernel):
                return tf.nn.conv2d(x, make(kernel, kernel, 3, 4), [1, stride, stride, 1], padding, name='conv')
            case((1, 7, 8, 3), f'conv2d_{padding.lower()}_s{stride}_k{kernel}')(conv)


@case((1, 9, 11, 2))
def conv2d_rectangular(x, make):
    return tf.nn.conv2d(x, make(2, 5, 2, 3), [1, 3, 1, 1], 'SAME')


@case((1, 7, 6, 2))
def conv2d_explicit(x, make):
    return tf.nn.conv2d(x, make(3, 4, 2, 3), [1, 2, 1, 1], [[0, 0], [2, 1], [0, 3], [0, 0]])


@case((1, 12, 11, 2))
def conv2d_dilations(x, make):
    return tf.nn.conv2d(x, make(3, 3, 2, 3), 1, 'SAME', dilations=[1, 2, 3, 1])


@case((1, 9, 9, 4))
def conv2d_groups(x, make):
    return [raw.Conv2D(input=x, filter=make(3, 3, 2, 6), strides=[1, 1, 1, 1], padding='SAME')]


def to_nchw(value):
    return np.transpose(value, [0, 3, 1, 2])


def nhwc_twin(build):
    """Runs `build` on the NHWC image and turns what comes out."""
    def twin(x, make, entry):
        make.random.uniform(entry['low'], entry['high'], entry['shape'])
        with tf.Graph().as_default():
            result = build(tf.constant(np.transpose(x, [0, 2, 3, 1])), make)
            with v1.Session() as session:
                return [to_nchw(value) if value.ndim == 4 else value for value in session.run(result)]
    return twin


def nchw_network(x, make, layout='NCHW'):
    c = [1, 1, 2, 2] if layout == 'NCHW' else [1, 2, 2, 1]
    one = [1, 1, 1, 1]
    y = raw.Conv2D(input=x, filter=make(3, 3, 3, 4), strides=c, padding='SAME', data_format=layout)
    y = tf.nn.bias_add(y, make(4), data_format=layout)
    y, *_ = raw.FusedBatchNormV3(x=y, scale=make(4, low=0.5), offset=make(4), mean=make(4), variance=make(4, low=0.5), epsilon=0.001, is_training=False, data_format=layout)
    y = tf.nn.relu(y)
    y = raw.DepthwiseConv2dNative(input=y, filter=make(3, 3, 4, 2), strides=one, padding='VALID', data_format=layout)
    y = y * (make(8, 1, 1) if layout == 'NCHW' else tf.transpose(make(8, 1, 1), [1, 2, 0]))
    pool = dict(ksize=[1, 1, 3, 3] if layout == 'NCHW' else [1, 3, 3, 1], strides=one, padding='SAME', data_format=layout)
    y = tf.concat([raw.MaxPool(input=y, **pool), raw.AvgPool(value=y, **pool)], 1 if layout == 'NCHW' else 3)
    y = raw.DepthToSpace(input=y, block_size=2, data_format=layout)
    return [y, tf.reduce_mean(y, [2, 3] if layout == 'NCHW' else [1, 2])]


case((1, 3, 12, 10), 'nchw_network', twin=nhwc_twin(lambda x, make: nchw_network(x, make, 'NHWC')))(nchw_network)


@case((1, 8, 9, 3))
def nchw_between_transposes(x, make):
    """What exporters from NCHW frameworks write."""
    y = tf.transpose(x, [0, 3, 1, 2])
    y = tf.transpose(y, [0, 2, 3, 1])
    y = tf.nn.conv2d(y, make(3, 3, 3, 4), 1, 'SAME')
    y = tf.transpose(y, [0, 3, 1, 2])
    y = tf.nn.relu(y + make(1, 4, 1, 1))
    return tf.reshape(y, [-1, 4 * 8 * 9])


for padding in ('SAME', 'VALID'):
    for stride in (1, 2):
        for multiplier in (1, 3):
            def depthwise(x, make, padding=padding, stride=stride, multiplier=multiplier):
                return tf.nn.depthwise_conv2d(x, make(3, 2, 4, multiplier), [1, stride, stride, 1], padding)
            case((1, 7, 6, 4), f'depthwise_{padding.lower()}_s{stride}_m{multiplier}')(depthwise)


@case((1, 12, 13, 2))
def depthwise_dilations(x, make):
    return raw.DepthwiseConv2dNative(input=x, filter=make(3, 3, 2, 2), strides=[1, 1, 1, 1], padding='SAME', dilations=[1, 1, 1, 1])


@case((1, 7, 6, 3))
def depthwise_explicit(x, make):
    return raw.DepthwiseConv2dNative(input=x, filter=make(3, 3, 3, 1), strides=[1, 1, 1, 1], padding='EXPLICIT', explicit_paddings=[0, 0, 1, 2, 0, 1, 0, 0])


for padding, size in (('SAME', (10, 12)), ('SAME', (9, 11)), ('VALID', (11, 13)), ('VALID', (12, 14))):
    def deconv(x, make, padding=padding, size=size):
        return tf.nn.conv2d_transpose(x, make(3, 3, 4, 3), [1, *size, 4], [1, 2, 2, 1], padding)
    case((1, 5, 6, 3), f'deconv_{padding.lower()}_{size[0]}')(deconv)


@case((1, 4, 5, 3))
def deconv_dynamic_shape(x, make):
    shape = tf.shape(x)
    out = tf.stack([shape[0], shape[1] * 3, shape[2] * 3, 2])
    return tf.nn.conv2d_transpose(x, make(4, 4, 2, 3), out, 3, 'SAME')


for rate in ((2, 2), (3, 2), (4, 4)):
    def dilated(x, make, rate=rate):
        def inner(y):
            return tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(y, make(3, 3, 2, 3), 1, 'VALID'), make(3)))
        height, width = x.shape[1], x.shape[2]
        before = list(rate)
        after = [rate[i] + (-(size + 2 * rate[i])) % rate[i] for i, size in enumerate((height, width))]
        crops = [[0, after[i] - rate[i]] for i in range(2)]
        y = raw.SpaceToBatchND(input=x, block_shape=list(rate), paddings=[[before[0], after[0]], [before[1], after[1]]])
        return raw.BatchToSpaceND(input=inner(y), block_shape=list(rate), crops=crops)
    case((1, 9, 11, 2), f'space_to_batch_conv_{rate[0]}x{rate[1]}')(dilated)


@case((1, 10, 10, 3))
def space_to_batch_depthwise_valid(x, make):
    y = raw.SpaceToBatchND(input=x, block_shape=[2, 2], paddings=[[0, 0], [0, 0]])
    y = raw.DepthwiseConv2dNative(input=y, filter=make(3, 3, 3, 1), strides=[1, 1, 1, 1], padding='VALID')
    return raw.BatchToSpaceND(input=y, block_shape=[2, 2], crops=[[0, 0], [0, 0]])


# Matrices.
@case((1, 10))
def matmul(x, make):
    return raw.MatMul(a=x, b=make(10, 4)) + make(4)


@case((1, 10))
def matmul_transpose_b(x, make):
    return tf.nn.bias_add(raw.MatMul(a=x, b=make(4, 10), transpose_b=True), make(4))


@case((1, 3, 4, 5), declared=(None, 3, 4, 5))
def flatten_matmul(x, make):
    flat = tf.reshape(x, [-1, 60])
    return tf.nn.softmax(v1.nn.xw_plus_b(flat, make(60, 7), make(7)))


@case((1, 5, 6))
def matmul_rows(x, make):
    return raw.BatchMatMulV2(x=x, y=make(6, 4))


# Element-wise with constants and broadcasting.
def elementwise(name, f, shape=(1, 3, 4, 5), **kw):
    case(shape, name, **kw)(lambda x, make: f(x, make))


for type_ in ('Add', 'AddV2', 'Sub', 'Mul', 'RealDiv', 'Maximum', 'Minimum', 'SquaredDifference'):
    op = getattr(raw, type_)
    low = 0.5 if type_ == 'RealDiv' else -1.0
    elementwise(f'{type_.lower()}_channel', lambda x, make, op=op, low=low: op(x=x, y=make(5, low=low)))
    elementwise(f'{type_.lower()}_channel_left', lambda x, make, op=op: op(x=make(1, 1, 1, 5), y=x), low=0.5)
    elementwise(f'{type_.lower()}_scalar', lambda x, make, op=op, low=low: op(x=x, y=make(low=low)))
    elementwise(f'{type_.lower()}_row', lambda x, make, op=op, low=low: op(x=x, y=make(4, 1, low=low)))
    elementwise(f'{type_.lower()}_whole', lambda x, make, op=op, low=low: op(x=x, y=make(1, 3, 4, 5, low=low)))
    elementwise(f'{type_.lower()}_stretched', lambda x, make, op=op: op(x=x, y=make(2, 3, 4, 5, low=0.5)), shape=(1, 3, 1, 5), low=0.5)
    elementwise(f'{type_.lower()}_two', lambda x, make, op=op: op(x=tf.tanh(x), y=tf.sigmoid(x)))
    elementwise(f'{type_.lower()}_broadcast', lambda x, make, op=op: op(x=x, y=tf.reduce_mean(tf.sigmoid(x), [1, 2], keepdims=True)))
elementwise('addn', lambda x, make: tf.add_n([tf.tanh(x), x, tf.sigmoid(x)]))
elementwise('addn_constant', lambda x, make: tf.add_n([tf.tanh(x), make(1, 3, 4, 5)]))
elementwise('bias_add', lambda x, make: tf.nn.bias_add(x, make(5)))
elementwise('bias_add_v1', lambda x, make: raw.BiasAddV1(value=x, bias=make(5)))
elementwise('bias_add_vector', lambda x, make: tf.nn.bias_add(x, make(5)), shape=(1, 5))
elementwise('add_itself', lambda x, make: x + x)
elementwise('pow', lambda x, make: tf.pow(x, 2.5), low=0.1)

for type_ in ('Relu', 'Relu6', 'Elu', 'Sigmoid', 'Tanh', 'Abs', 'Neg', 'Square', 'Exp', 'Floor', 'Ceil', 'Round', 'Sign', 'Softmax'):
    op = getattr(raw, type_)
    key = {'Relu': 'features', 'Relu6': 'features', 'Elu': 'features', 'Softmax': 'logits'}.get(type_, 'x')
    elementwise(type_.lower(), lambda x, make, op=op, key=key: op(**{key: x}), low=-9.0, high=9.0)
for type_ in ('Sqrt', 'Rsqrt', 'Log', 'Reciprocal', 'Inv'):
    elementwise(type_.lower(), lambda x, make, op=getattr(raw, type_): op(x=x), low=0.01, high=9.0)
elementwise('leaky_relu', lambda x, make: tf.nn.leaky_relu(x, 0.3), low=-4.0, high=4.0)
elementwise('leaky_relu_default', lambda x, make: raw.LeakyRelu(features=x))
elementwise('softmax_vector', lambda x, make: tf.nn.softmax(x), shape=(1, 9), low=-9.0, high=9.0)
elementwise('cast_to_int', lambda x, make: tf.cast(tf.cast(x, tf.int32), tf.float32), low=-5.0, high=5.0)
elementwise('cast_to_bool', lambda x, make: tf.cast(tf.cast(tf.nn.relu(x), tf.bool), tf.float32))
elementwise('select', lambda x, make: raw.Select(condition=x > 0.25, x=tf.tanh(x), y=x))
elementwise('select_v2_broadcast', lambda x, make: raw.SelectV2(condition=x < 0.25, t=make(5), e=make()))
elementwise('logical', lambda x, make: tf.cast(tf.logical_or(tf.logical_and(x > -0.5, x <= 0.5), tf.logical_not(x >= -0.9)), tf.float32))
elementwise('swish', lambda x, make: x * tf.sigmoid(x))
elementwise('hard_swish', lambda x, make: x * tf.nn.relu6(x + 3.0) * 0.16666667, low=-5.0, high=5.0)

# Written-out activations.
elementwise('prelu_select', lambda x, make: raw.Select(condition=tf.greater(x, 0.0), x=x, y=x * make(1, 1, 1, 5)))
elementwise('prelu_select_less', lambda x, make: raw.SelectV2(condition=tf.less(x, 0.0), t=make(5) * x, e=x))
elementwise('prelu_abs', lambda x, make: tf.nn.relu(x) + make(5) * (x - tf.abs(x)) * 0.5)
elementwise('prelu_two_relus', lambda x, make: tf.nn.relu(x) - make(5) * tf.nn.relu(-x))
elementwise('prelu_neg', lambda x, make: tf.nn.relu(x) + tf.negative(make(5)) * tf.nn.relu(tf.negative(x)))
elementwise('prelu_max_min', lambda x, make: tf.maximum(x, 0.0) + make(5) * tf.minimum(x, 0.0))
elementwise('leaky_maximum', lambda x, make: tf.maximum(x, 0.2 * x))
elementwise('leaky_abs', lambda x, make: 0.55 * x + 0.45 * tf.abs(x))
elementwise('prelu_inner_wanted', lambda x, make: (lambda r: [r - make(5) * tf.nn.relu(-x), r])(tf.nn.relu(x)))
elementwise('relu_as_maximum', lambda x, make: tf.maximum(x, 0.0))
elementwise('relu6_minimum', lambda x, make: tf.minimum(tf.nn.relu(x), 6.0), low=-9.0, high=9.0)
elementwise('relu6_clip', lambda x, make: tf.clip_by_value(x, 0.0, 6.0), low=-9.0, high=9.0)
elementwise('clip', lambda x, make: tf.clip_by_value(x, -1.5, 2.5), low=-9.0, high=9.0)


# Batch normalization.
@case((1, 5, 4, 6))
def batch_norm_v1(x, make):
    return raw.FusedBatchNorm(x=x, scale=make(6), offset=make(6), mean=make(6), variance=make(6, low=0.1), epsilon=0.01, is_training=False).y


@case((1, 5, 4, 6))
def batch_norm_v2(x, make):
    return raw.FusedBatchNormV2(x=x, scale=make(6), offset=make(6), mean=make(6), variance=make(6, low=0.1), is_training=False).y


@case((1, 5, 4, 6))
def batch_norm_v3(x, make):
    y = tf.nn.conv2d(x, make(1, 1, 6, 4), 1, 'SAME')
    return tf.nn.relu(raw.FusedBatchNormV3(x=y, scale=make(4), offset=make(4), mean=make(4), variance=make(4, low=0.1), epsilon=0.001, is_training=False).y)


@case((1, 5, 4, 6))
def batch_norm_unfused(x, make):
    return tf.nn.batch_normalization(x, make(6, name='mean'), make(6, low=0.1), make(6), make(6), 0.001)


@case((1, 5, 4, 6))
def batch_norm_no_gamma(x, make):
    return tf.nn.batch_normalization(x, make(6), make(6, low=0.1), make(6), None, 0.001)


@case((1, 7))
def batch_norm_vector(x, make):
    return tf.nn.batch_normalization(raw.MatMul(a=x, b=make(7, 5)), make(5), make(5, low=0.1), make(5), make(5), 0.001)


@case((1, 5, 4, 6))
def batch_norm_written_out(x, make):
    return (x - make(6)) / tf.sqrt(make(6, low=0.1) + 1e-5) * make(6) + make(6)


@case((1, 5, 4, 6))
def instance_norm(x, make):
    mean, variance = tf.nn.moments(x, [1, 2], keepdims=True)
    return (x - mean) * tf.math.rsqrt(variance + 1e-5) * make(6) + make(6)


def to_global_normalization(scale):
    def edit(definition):
        """The op itself is gone from newer graphs; files that have it are not."""
        fused = next(n for n in definition.node if n.op == 'FusedBatchNorm')
        x, gamma, beta, mean, variance = fused.input
        epsilon = fused.attr['epsilon'].f
        fused.op = 'BatchNormWithGlobalNormalization'
        del fused.input[:]
        fused.input.extend([x, mean, variance, beta, gamma])
        fused.attr.clear()
        fused.attr['T'].type = 1
        fused.attr['variance_epsilon'].f = epsilon
        fused.attr['scale_after_normalization'].b = scale
    return edit


for scale in (True, False):
    def global_normalization(x, make, scale=scale):
        gamma = make(6) if scale else tf.ones([6])
        return raw.FusedBatchNorm(x=x, scale=gamma, offset=make(6), mean=make(6), variance=make(6, low=0.1), epsilon=0.01, is_training=False).y
    case((1, 5, 4, 6), f'batch_norm_global_{"scale" if scale else "plain"}', edit=to_global_normalization(scale))(global_normalization)

# Pooling and reductions.
for padding in ('SAME', 'VALID'):
    for kernel, stride in ((2, 2), (3, 2), (3, 1), (2, 3)):
        args = dict(ksize=[1, kernel, kernel, 1], strides=[1, stride, stride, 1], padding=padding)
        case((1, 7, 8, 3), f'max_pool_{padding.lower()}_k{kernel}_s{stride}')(lambda x, make, args=args: raw.MaxPool(input=x, **args))
        case((1, 7, 8, 3), f'avg_pool_{padding.lower()}_k{kernel}_s{stride}')(lambda x, make, args=args: raw.AvgPool(value=x, **args))
elementwise('max_pool_v2', lambda x, make: raw.MaxPoolV2(input=x, ksize=[1, 2, 3, 1], strides=[1, 1, 2, 1], padding='SAME'), shape=(1, 6, 7, 2))
for axes in ([1, 2], [2, 3], [1], [-1], [0, 3], [1, 2, 3], []):
    for keep in (True, False):
        text = '_'.join(str(a).replace('-', 'm') for a in axes) or 'none'
        elementwise(f'mean_{text}_{"keep" if keep else "drop"}', lambda x, make, axes=axes, keep=keep: tf.reduce_mean(x, axes, keepdims=keep))
for type_ in ('Sum', 'Max', 'Min', 'Prod'):
    elementwise(f'reduce_{type_.lower()}', lambda x, make, op=getattr(raw, type_): op(input=x, axis=[1, -1], keep_dims=False))
elementwise('lrn', lambda x, make: tf.nn.lrn(x, depth_radius=2, bias=1.5, alpha=0.3, beta=0.75), shape=(1, 3, 4, 7))
elementwise('lrn_default', lambda x, make: raw.LRN(input=x), shape=(1, 3, 4, 13))
elementwise('argmax', lambda x, make: tf.argmax(x, -1))

# Moving elements.
elementwise('concat', lambda x, make: raw.ConcatV2(values=[x, tf.tanh(x)], axis=-1))
elementwise('concat_v1', lambda x, make: raw.Concat(concat_dim=2, values=[x, tf.tanh(x), x]))
elementwise('concat_constant', lambda x, make: tf.concat([x, make(1, 3, 4, 2)], 3))
elementwise('pad', lambda x, make: tf.pad(x, [[0, 0], [1, 2], [3, 0], [0, 0]]))
elementwise('pad_v2', lambda x, make: raw.PadV2(input=x, paddings=[[0, 0], [1, 2], [3, 0], [0, 1]], constant_values=-7.5))
elementwise('mirror_pad_reflect', lambda x, make: tf.pad(x, [[0, 0], [2, 1], [3, 2], [0, 0]], 'REFLECT'))
elementwise('mirror_pad_symmetric', lambda x, make: tf.pad(x, [[0, 0], [3, 1], [2, 4], [0, 0]], 'SYMMETRIC'))
elementwise('pad_conv', lambda x, make: tf.nn.conv2d(tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]]), make(3, 3, 5, 2), 2, 'VALID'))
elementwise('reshape', lambda x, make: tf.reshape(x, [1, -1, 10]))
elementwise('squeeze_all', lambda x, make: tf.squeeze(tf.reduce_mean(x, [1, 2], keepdims=True)))
elementwise('squeeze_some', lambda x, make: tf.squeeze(tf.reduce_mean(x, [1, 2], keepdims=True), [1, -2]))
elementwise('expand_dims', lambda x, make: tf.expand_dims(tf.expand_dims(x, -1), 1))
elementwise('transpose', lambda x, make: tf.transpose(x, [0, 2, 1, 3]))
elementwise('strided_slice', lambda x, make: x[:, 1:, -3:-1, ::2], shape=(1, 5, 6, 7))
elementwise('strided_slice_back', lambda x, make: x[:, ::-2, 4:1:-1, :], shape=(1, 5, 6, 7))
elementwise('strided_slice_masks', lambda x, make: x[0, tf.newaxis, ..., 2], shape=(1, 5, 6, 7))
elementwise('strided_slice_shrink', lambda x, make: x[:, -1, tf.newaxis, 2], shape=(1, 5, 6, 7))
elementwise('strided_slice_clamped', lambda x, make: x[:, -9:9, 2:100], shape=(1, 5, 6, 7))
elementwise('slice', lambda x, make: tf.slice(x, [0, 1, 2, 0], [-1, 2, 2, 3]))
elementwise('split', lambda x, make: tf.split(x, 3, 3), shape=(1, 4, 5, 6))
elementwise('split_one_used', lambda x, make: tf.split(x, 3, -1)[1], shape=(1, 4, 5, 6), outputLayers=['split:1'])
elementwise('split_v', lambda x, make: tf.split(x, [1, -1, 2], 3), shape=(1, 4, 5, 6))
elementwise('unpack', lambda x, make: tf.unstack(x, axis=1), shape=(1, 3, 4, 2))
elementwise('pack', lambda x, make: tf.stack([x, tf.tanh(x)], axis=-1))
elementwise('tile', lambda x, make: tf.tile(x, [1, 2, 1, 3]))
elementwise('space_to_depth', lambda x, make: tf.nn.space_to_depth(x, 2), shape=(1, 4, 6, 3))
elementwise('depth_to_space', lambda x, make: tf.nn.depth_to_space(x, 2), shape=(1, 2, 3, 12))
elementwise('channel_shuffle', lambda x, make: tf.reshape(tf.transpose(tf.reshape(x, [1, 3, 4, 2, 3]), [0, 1, 2, 4, 3]), [1, 3, 4, 6]), shape=(1, 3, 4, 6))
for size in ((8, 10), (3, 3), (7, 13), (1, 1)):
    for corners, half in ((False, False), (True, False), (False, True)):
        suffix = f'{size[0]}x{size[1]}_{"corners" if corners else "half" if half else "plain"}'
        args = dict(size=list(size), align_corners=corners, half_pixel_centers=half)
        elementwise(f'resize_bilinear_{suffix}', lambda x, make, args=args: raw.ResizeBilinear(images=x, **args), shape=(1, 4, 5, 2))
        elementwise(f'resize_nearest_{suffix}', lambda x, make, args=args: raw.ResizeNearestNeighbor(images=x, **args), shape=(1, 4, 5, 2))


# Shape arithmetic.
@case((1, 4, 5, 6), declared=(None, 4, 5, 6))
def flatten_by_shape(x, make):
    shape = tf.shape(x)
    return tf.reshape(x, tf.stack([shape[0], tf.reduce_prod(shape[1:])]))


@case((1, 4, 5, 3), declared=(None, None, None, 3), dims=[3, 4, 5])
def upsample_by_shape(x, make):
    size = tf.shape(x)[1:3] * tf.constant([2, 2])
    return raw.ResizeNearestNeighbor(images=x, size=size)


@case((1, 4, 5, 3), declared=None, dims=[3, 4, 5])
def unknown_rank(x, make):
    return tf.nn.relu(tf.nn.conv2d(x, make(3, 3, 3, 2), 1, 'SAME'))


@case((1, 4, 5, 6), declared=(None, 4, 5, 6))
def fill_range_tile(x, make):
    n = tf.shape(x)[3]
    ramp = tf.cast(tf.range(n), tf.float32) / tf.cast(n, tf.float32)
    zeros = tf.fill(tf.stack([1, 1, 1, n]), 0.25)
    return x * tf.reshape(ramp, [1, 1, 1, -1]) + tf.tile(zeros, [1, 4, 5, 1])


@case((1, 4, 5, 6), declared=(None, 4, 5, 6))
def shape_division(x, make):
    shape = tf.shape(x)
    return tf.reshape(x, tf.concat([shape[:3], [-1, shape[3] // 2]], 0))


@case((1, 4, 5, 6))
def folded_weights(x, make):
    """Weights that are computed from constants of several kinds."""
    w = tf.transpose(tf.reshape(make(4, 6), [1, 1, 4, 6]), [0, 1, 3, 2])
    scale = tf.gather(make(9), [3, 1, 8, 0])
    halves = tf.split(tf.concat([make(3), make(5)], 0), 2)
    return tf.nn.conv2d(x, w * scale, 1, 'SAME') + tf.where(halves[0] > 0.0, halves[0], -halves[1])


@case((1, 4, 5, 6), declared=(None, 4, 5, 6))
def shape_unstack(x, make):
    batch, height, width, channels = tf.unstack(tf.shape(x))
    y = tf.reshape(x, [batch, height * width, channels])
    mask = tf.cast(tf.equal(tf.range(channels) % 2, 0), tf.float32)
    return tf.reshape(y * mask, tf.stack([batch, width, height, channels]))


# Storage of constants.
def stored(name, change, dtype=None):
    def build(x, make):
        y = tf.constant(make.values(6), dtype=dtype or tf.float32, name='stored')
        return x * tf.cast(y, tf.float32)
    case((1, 3, 2, 6), f'constant_{name}', edit=change)(build)


def listed(field, values):
    def edit(definition):
        tensor = next(n for n in definition.node if n.name == 'stored').attr['value'].tensor
        array = tf.make_ndarray(tensor)
        tensor.ClearField('tensor_content')
        tensor.ClearField(field)
        getattr(tensor, field).extend(values(array))
    return edit


stored('content', None)
stored('float_list', listed('float_val', lambda a: a.tolist()))
stored('double', None, tf.float64)
stored('double_list', listed('double_val', lambda a: a.tolist()), tf.float64)
stored('half', None, tf.float16)
stored('half_content', lambda d: content_of(d), tf.float16)
stored('bfloat16', None, tf.bfloat16)
stored('bfloat16_content', lambda d: content_of(d), tf.bfloat16)


def content_of(definition):
    tensor = next(n for n in definition.node if n.name == 'stored').attr['value'].tensor
    array = tf.make_ndarray(tensor)
    tensor.ClearField('half_val')
    tensor.tensor_content = array.tobytes()


for number in (np.int8, np.uint8, np.int16, np.uint16, np.int32, np.int64, np.uint32, np.uint64, np.bool_):
    def integers(x, make, number=number):
        y = tf.constant(np.array([0, 1, 5, 100, 127, 3]).astype(number), name='stored')
        z = tf.constant(np.full([1, 3, 2, 6], 7).astype(number), name='filled')
        return x * tf.cast(y, tf.float32) + tf.cast(z, tf.float32)
    case((1, 3, 2, 6), f'constant_{np.dtype(number).name}')(integers)


@case((1, 3, 2, 6))
def constant_fill(x, make):
    """One value that means all, and none that means zeros."""
    return x * tf.constant(0.75, shape=[1, 3, 2, 6]) + tf.zeros([2, 6])


def shorten(definition):
    tensor = next(n for n in definition.node if n.name == 'stored').attr['value'].tensor
    values = tf.make_ndarray(tensor)
    tensor.ClearField('tensor_content')
    tensor.float_val.extend([float(v) for v in values[:3]])


case((1, 3, 2, 6), 'constant_last_repeated', edit=shorten)(lambda x, make: x * tf.constant(np.array([1, 2, 3, 3, 3, 3], np.float32), name='stored'))

for mode in ('MIN_COMBINED', 'MIN_FIRST', 'SCALED'):
    for code in (tf.quint8, tf.qint8):
        def dequantized(x, make, mode=mode, code=code):
            codes = make.random.randint(0, 256, [3, 3, 4, 2]).astype(np.uint8)
            stored = tf.constant((codes if code == tf.quint8 else codes.view(np.int8)).astype(code.as_numpy_dtype))
            w = raw.Dequantize(input=stored, min_range=-1.25, max_range=0.75, mode=mode)
            return tf.nn.conv2d(x, w, 1, 'SAME')
        case((1, 4, 5, 4), f'dequantize_{mode.lower()}_{code.name}')(dequantized)

# Quantization that training simulated.
elementwise('fake_quant_args', lambda x, make: raw.FakeQuantWithMinMaxArgs(inputs=x, min=-0.7, max=0.6))
elementwise('fake_quant_vars', lambda x, make: raw.FakeQuantWithMinMaxVars(inputs=x, min=-0.3, max=0.9, num_bits=5, narrow_range=True))
elementwise('fake_quant_positive', lambda x, make: raw.FakeQuantWithMinMaxVars(inputs=tf.nn.relu6(x), min=0.0, max=6.0), low=-3.0, high=9.0)
elementwise('fake_quant_channels', lambda x, make: raw.FakeQuantWithMinMaxVarsPerChannel(inputs=x, min=make(5, low=-1.0, high=-0.2), max=make(5, low=0.2)))


@case((1, 6, 7, 3))
def fake_quant_weights(x, make):
    w = raw.FakeQuantWithMinMaxVars(inputs=make(3, 3, 3, 4), min=-0.9, max=1.0, narrow_range=True)
    return raw.FakeQuantWithMinMaxVars(inputs=tf.nn.relu(tf.nn.conv2d(x, w, 1, 'SAME')), min=0.0, max=4.0)


@case((1, 6, 7, 3), fakeQuant='ignore', twin=lambda x, make, entry: fake_quant_ignored_twin(x, make, entry))
def fake_quant_ignored(x, make):
    w = raw.FakeQuantWithMinMaxVars(inputs=make(3, 3, 3, 4), min=-0.9, max=1.0)
    return raw.FakeQuantWithMinMaxVars(inputs=tf.nn.relu(tf.nn.conv2d(x, w, 1, 'SAME')), min=0.0, max=4.0)


def fake_quant_ignored_twin(x, make, entry):
    make.random.uniform(entry['low'], entry['high'], entry['shape'])
    with tf.Graph().as_default(), v1.Session() as session:
        return [session.run(tf.nn.relu(tf.nn.conv2d(tf.constant(x), make(3, 3, 3, 4), 1, 'SAME')))]


# Cutting.
@case((1, 5, 6, 3), inputLayer='x', outputLayers=['middle', 'parts:1'], outputs=['middle', 'parts:1'])
def cut(x, make):
    other = v1.placeholder(tf.float32, [None, 4], name='labels')
    y = tf.nn.relu(tf.nn.conv2d(x, make(3, 3, 3, 4), 1, 'SAME'), name='middle')
    parts = tf.split(y, 2, 3, name='parts')
    tf.reduce_sum(tf.reduce_mean(y, [1, 2]) - other, name='loss')
    return [y, parts[1]]


@case((1, 5, 6, 3))
def dropout_rate_zero(x, make):
    return tf.nn.relu(tf.nn.dropout(x, v1.placeholder_with_default(0.0, [], name='rate')))


@case((1, 12), declared=(None, 12))
def dropout_keep_one(x, make):
    """As TensorFlow 1 wrote it."""
    keep = v1.placeholder_with_default(1.0, [], name='keep_prob')
    noise = tf.random.uniform(tf.shape(x), 0.0, 1.0)
    return raw.MatMul(a=(x / keep) * tf.floor(keep + noise), b=make(12, 4))


def write(results, stem='cases'):
    entries, blob = [], bytearray()

    def put(data):
        while len(blob) % 4:
            blob.append(0)
        blob.extend(data)
        return [len(blob) - len(data), len(data)]

    for name, (definition, x, outputs, options) in results.items():
        entries.append(dict(
            name=name,
            graph=put(definition.SerializeToString(deterministic=True)),
            input=dict(shape=list(x.shape), data=put(x.astype('<f4').tobytes())),
            outputs=[dict(name=n, shape=list(v.shape), data=put(v.astype('<f4').tobytes())) for n, v in outputs],
            **({'options': options} if options else {}),
        ))
    lines = ',\n'.join(' ' + json.dumps(entry, sort_keys=True) for entry in entries)
    with open(os.path.join(HERE, f'{stem}.json'), 'w') as file:
        file.write('{"tensorflow": %s, "cases": [\n%s\n]}\n' % (json.dumps(tf.__version__), lines))
    with open(os.path.join(HERE, f'{stem}.bin'), 'wb') as file:
        file.write(bytes(blob))
    print(f'{len(entries)} cases, {len(blob)} bytes')


def collect(cases, wanted=()):
    """Runs the registered cases, or the wanted ones of them; names those that TensorFlow refuses."""
    results = {}
    for name, entry in cases.items():
        if wanted and name not in wanted:
            continue
        try:
            definition, x, outputs = run(name, entry)
        except Exception as error:
            print('FAILED', name, str(error)[:300])
            continue
        results[name] = (definition, x, outputs, {k: v for k, v in entry['options'].items() if v is not None})
    return results


def main():
    v1.disable_control_flow_v2()
    wanted = sys.argv[1:]
    results = collect(CASES, wanted)
    for name, build in NETWORKS.items():
        if wanted and name not in wanted:
            continue
        results[name] = build(np.random.RandomState(zlib.crc32(name.encode())))
    write(results)


if __name__ == '__main__':
    main()
