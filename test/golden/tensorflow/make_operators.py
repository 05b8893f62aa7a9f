#!/usr/bin/env python3
"""Cases of operators beside those of make.py, in the same form: operators.json and operators.bin.

    venv/bin/python test/golden/tensorflow/make_operators.py

Each operator stands in its spellings, on constants too where graphs compute weights.
"""
import numpy as np

import make
from make import case, collect, elementwise, raw, tf, v1, write

make.CASES.clear()

# Functions of each element.
for type_, low, high in (
    ('Softplus', -40.0, 40.0), ('Softsign', -9.0, 9.0), ('Selu', -6.0, 6.0), ('Erf', -4.0, 4.0), ('Erfc', -4.0, 9.0),
    ('Expm1', -3.0, 3.0), ('Log1p', -0.9, 9.0), ('Sin', -20.0, 20.0), ('Cos', -20.0, 20.0), ('Tan', -1.4, 1.4),
    ('Asin', -1.0, 1.0), ('Acos', -1.0, 1.0), ('Atan', -9.0, 9.0), ('Sinh', -5.0, 5.0), ('Cosh', -5.0, 5.0),
    ('Asinh', -9.0, 9.0), ('Acosh', 1.0, 9.0), ('Atanh', -0.99, 0.99), ('LogSoftmax', -9.0, 9.0),
):
    key = {'Softplus': 'features', 'Softsign': 'features', 'Selu': 'features', 'LogSoftmax': 'logits'}.get(type_, 'x')
    op = getattr(raw, type_)
    elementwise(type_.lower(), lambda x, make, op=op, key=key: op(**{key: x}), low=low, high=high)
    elementwise(f'{type_.lower()}_of_constant', lambda x, make, op=op, key=key, low=low, high=high: x * op(**{key: make(4, 5, low=low, high=high)}), low=low, high=high)
elementwise('gelu_exact', lambda x, make: tf.nn.gelu(x), low=-4.0, high=4.0)
elementwise('gelu_tanh', lambda x, make: tf.nn.gelu(x, approximate=True), low=-4.0, high=4.0)
elementwise('mish', lambda x, make: x * tf.tanh(tf.math.softplus(x)), low=-9.0, high=9.0)
for type_ in ('IsNan', 'IsInf', 'IsFinite'):
    elementwise(type_.lower(), lambda x, make, op=getattr(raw, type_): tf.cast(op(x=x), tf.float32) + x)
for type_ in ('DivNoNan', 'MulNoNan', 'Xlogy', 'Xdivy', 'FloorMod', 'TruncateMod', 'TruncateDiv', 'FloorDiv'):
    if type_ == 'TruncateDiv':
        continue  # of integers only
    op = getattr(raw, type_)
    elementwise(f'{type_.lower()}_two', lambda x, make, op=op: op(x=tf.round(x), y=tf.nn.relu(x)) if op in (raw.DivNoNan, raw.MulNoNan) else op(x=x, y=tf.exp(x)), low=-2.0, high=2.0)
    elementwise(f'{type_.lower()}_constant', lambda x, make, op=op: op(x=x, y=make(5, low=0.25)), low=-2.0, high=2.0)

# Limits.
elementwise('clip_by_value', lambda x, make: raw.ClipByValue(t=x, clip_value_min=-1.5, clip_value_max=2.5), low=-9.0, high=9.0)
elementwise('clip_by_value_relu6', lambda x, make: raw.ClipByValue(t=x, clip_value_min=0.0, clip_value_max=6.0), low=-9.0, high=9.0)
elementwise('clip_by_value_one_side', lambda x, make: raw.ClipByValue(t=x, clip_value_min=-1.0, clip_value_max=np.inf), low=-9.0, high=9.0)
elementwise('minimum_infinity', lambda x, make: tf.minimum(tf.maximum(tf.nn.relu(x), -np.inf), np.inf), low=-9.0, high=9.0)
elementwise('maximum_lowest', lambda x, make: tf.tanh(tf.maximum(x, np.finfo(np.float32).min)), low=-9.0, high=9.0)

# Matrix products.
elementwise('matmul_constant_left', lambda x, make: raw.MatMul(a=make(3, 7), b=x, transpose_b=True), shape=(1, 7))
elementwise('matmul_transpose_a', lambda x, make: raw.MatMul(a=x, b=make(1, 4), transpose_a=True), shape=(1, 7))
elementwise('matmul_two_values', lambda x, make: raw.MatMul(a=tf.tanh(x), b=x, transpose_b=True), shape=(1, 7))
elementwise('matmul_of_constants', lambda x, make: x + raw.MatMul(a=make(4, 3), b=make(3, 5)), shape=(1, 4, 5))
for type_ in ('BatchMatMul', 'BatchMatMulV2', 'BatchMatMulV3'):
    op = getattr(raw, type_)
    more = dict(Tout=tf.float32) if type_ == 'BatchMatMulV3' else {}
    elementwise(f'{type_.lower()}_two', lambda x, make, op=op, more=more: op(x=x, y=tf.tanh(x), adj_y=True, **more), shape=(1, 2, 4, 5))
    elementwise(f'{type_.lower()}_adjoint', lambda x, make, op=op, more=more: op(x=x, y=tf.tanh(x), adj_x=True, **more), shape=(1, 2, 4, 5))
elementwise('batchmatmulv2_broadcast', lambda x, make: raw.BatchMatMulV2(x=x, y=make(3, 1, 5, 2)), shape=(1, 2, 4, 5))
for name, equation, left, right in (
    ('rows', 'abc,cd->abd', (1, 4, 5), (5, 3)), ('heads', 'abc,cde->abde', (1, 4, 5), (5, 2, 3)), ('join', 'abcd,cde->abe', (1, 4, 2, 3), (2, 3, 5)),
    ('batch', '...ij,jk->...ik', (1, 2, 4, 5), (5, 3)), ('order', 'ab,bc->ca', (1, 5), (5, 3)), ('outer', 'ab,c->abc', (1, 5), (3,)), ('sum', 'abc,cd->ad', (1, 4, 5), (5, 3)),
):
    elementwise(f'einsum_{name}', lambda x, make, equation=equation, right=right: tf.raw_ops.Einsum(inputs=[x, make(*right)], equation=equation), shape=left)
elementwise('einsum_attention', lambda x, make: tf.raw_ops.Einsum(inputs=[x, tf.tanh(x)], equation='BTNH,BSNH->BNTS'), shape=(1, 4, 2, 3))
elementwise('einsum_of_constants', lambda x, make: x * tf.raw_ops.Einsum(inputs=[make(4, 3), make(5, 3)], equation='ij,kj->ik'), shape=(1, 4, 5))

# Moving elements.
elementwise('reverse_v2', lambda x, make: raw.ReverseV2(tensor=x, axis=[-1, 1]))
elementwise('reverse', lambda x, make: raw.Reverse(tensor=x, dims=[False, False, True, True]))
elementwise('roll', lambda x, make: raw.Roll(input=x, shift=[1, -2, 3], axis=[1, 2, 2]))
elementwise('gather_channels', lambda x, make: tf.gather(x, [4, 0, 0, 2], axis=-1))
elementwise('gather_scalar', lambda x, make: tf.gather(x, 2, axis=1))
elementwise('gather_matrix', lambda x, make: tf.gather(x, [[0, 2], [1, 1]], axis=2))
elementwise('gather_v1', lambda x, make: raw.Gather(params=tf.squeeze(x, [0]), indices=[2, 0]))
elementwise('gather_batch', lambda x, make: tf.gather(tf.reshape(x, [3, 4, 5]), [[0, 3], [1, 1], [2, 0]], axis=1, batch_dims=1))
elementwise('gather_batch_later_axis', lambda x, make: tf.gather(tf.reshape(x, [3, 4, 5]), [[0, 3], [1, 1], [2, 0]], axis=2, batch_dims=1))
elementwise('gather_nd', lambda x, make: tf.gather_nd(x, [[0, 1, 2], [0, 2, 0]]))
elementwise('gather_of_values', lambda x, make: tf.gather(make(10, 3), tf.cast(x, tf.int32)), shape=(1, 6), low=0.0, high=9.99)
elementwise('broadcast_to', lambda x, make: tf.broadcast_to(x, [2, 3, 4, 5]), shape=(1, 3, 1, 5))
elementwise('broadcast_to_rank', lambda x, make: tf.broadcast_to(x, [2, 3, 3, 5]), shape=(1, 3, 5))
elementwise('zeros_like', lambda x, make: raw.SelectV2(condition=x > 0.2, t=x, e=raw.ZerosLike(x=x)))
elementwise('ones_like', lambda x, make: x + raw.OnesLike(x=x))
elementwise('one_hot', lambda x, make: tf.one_hot(tf.cast(x, tf.int32), 5, 2.0, -1.0), shape=(1, 6), low=0.0, high=6.99)
elementwise('one_hot_axis', lambda x, make: tf.one_hot(tf.cast(x, tf.int32), 5, axis=1), shape=(1, 6), low=0.0, high=4.99)
elementwise('space_to_batch_nd', lambda x, make: raw.SpaceToBatchND(input=x, block_shape=[2, 3], paddings=[[1, 0], [2, 0]]), shape=(1, 3, 4, 2))
elementwise('batch_to_space_nd', lambda x, make: raw.BatchToSpaceND(input=tf.reshape(x, [6, 2, 3, 2]), block_shape=[3, 2], crops=[[1, 0], [0, 2]]), shape=(1, 4, 6, 3))
elementwise('space_to_batch', lambda x, make: raw.SpaceToBatch(input=x, paddings=[[1, 0], [0, 2]], block_size=2), shape=(1, 3, 4, 2))
elementwise('batch_to_space', lambda x, make: raw.BatchToSpace(input=tf.reshape(x, [4, 2, 3, 3]), crops=[[0, 1], [1, 0]], block_size=2), shape=(1, 4, 6, 3))
elementwise('space_to_batch_one_axis', lambda x, make: raw.SpaceToBatchND(input=x, block_shape=[3], paddings=[[2, 1]]), shape=(1, 6, 4))
for padding in ('SAME', 'VALID'):
    elementwise(f'extract_image_patches_{padding.lower()}', lambda x, make, padding=padding: raw.ExtractImagePatches(images=x, ksizes=[1, 3, 2, 1], strides=[1, 2, 1, 1], rates=[1, 1, 2, 1], padding=padding), shape=(1, 6, 7, 2))

# Order and sums.
elementwise('top_k', lambda x, make: [tf.cast(t, tf.float32) for t in raw.TopKV2(input=x, k=3)])
elementwise('argmin', lambda x, make: tf.argmin(x, -1))
elementwise('any', lambda x, make: tf.cast(tf.reduce_any(x > 0.6, [1, 3]), tf.float32))
elementwise('all', lambda x, make: tf.cast(tf.reduce_all(x > -0.6, -1, keepdims=True), tf.float32))
elementwise('euclidean_norm', lambda x, make: raw.EuclideanNorm(input=x, axis=[1, 2], keep_dims=True))
for exclusive in (False, True):
    for reverse in (False, True):
        suffix = f'{"exclusive" if exclusive else "inclusive"}_{"reverse" if reverse else "forward"}'
        args = dict(axis=2, exclusive=exclusive, reverse=reverse)
        elementwise(f'cumsum_{suffix}', lambda x, make, args=args: raw.Cumsum(x=x, **args))
        elementwise(f'cumprod_{suffix}', lambda x, make, args=args: raw.Cumprod(x=x, **args))
elementwise('cumsum_of_constants', lambda x, make: x * tf.cast(tf.cumsum(tf.constant([1, 2, 3, 4, 5])), tf.float32))

# Images.
for size in ((8, 10), (3, 3), (7, 13), (1, 1)):
    for corners, half in ((False, False), (True, False), (False, True)):
        suffix = f'{size[0]}x{size[1]}_{"corners" if corners else "half" if half else "plain"}'
        args = dict(size=list(size), align_corners=corners, half_pixel_centers=half)
        elementwise(f'resize_bicubic_{suffix}', lambda x, make, args=args: raw.ResizeBicubic(images=x, **args), shape=(1, 4, 5, 2))
for padding in ('SAME', 'VALID'):
    elementwise(f'max_pool_with_argmax_{padding.lower()}', lambda x, make, padding=padding: [tf.cast(t, tf.float32) for t in raw.MaxPoolWithArgmax(input=x, ksize=[1, 3, 2, 1], strides=[1, 2, 2, 1], padding=padding)], shape=(1, 6, 7, 3))
for value, name in ((-np.inf, 'infinity'), (np.finfo(np.float32).min, 'lowest')):
    elementwise(f'pad_{name}_max_pool', lambda x, make, value=value: raw.MaxPool(input=raw.PadV2(input=x, paddings=[[0, 0], [1, 1], [1, 1], [0, 0]], constant_values=value), ksize=[1, 3, 3, 1], strides=[1, 2, 2, 1], padding='VALID'), shape=(1, 8, 7, 2))

# Normalisations with the statistics of the image.
for version in ('FusedBatchNorm', 'FusedBatchNormV2', 'FusedBatchNormV3'):
    op = getattr(raw, version)
    elementwise(f'{version.lower()}_training', lambda x, make, op=op: op(x=x, scale=make(6), offset=make(6), mean=tf.zeros([0]), variance=tf.zeros([0]), epsilon=0.01, is_training=True).y, shape=(1, 5, 4, 6))
elementwise('layer_norm_fused', lambda x, make: tf.reshape(raw.FusedBatchNormV3(x=tf.reshape(x, [1, 12, 5, 1]), scale=tf.ones([12]), offset=tf.zeros([12]), mean=[], variance=[], is_training=True, data_format='NCHW').y, [1, 3, 4, 5]) * make(5) + make(5),
            twin=lambda x, make, entry: [scaled_layer_norm(x, make)])


def scaled_layer_norm(x, make):
    make.values(*x.shape)  # the numbers that the input took
    return layer_norm(x) * make.values(5) + make.values(5)


def layer_norm(x):
    mean = x.mean(axis=-1, keepdims=True, dtype=np.float64)
    return ((x - mean) / np.sqrt(((x - mean) ** 2).mean(axis=-1, keepdims=True) + 1e-4)).astype(np.float32)


# Convolutions.
elementwise('conv2d_of_constants', lambda x, make: x + tf.nn.conv2d(make(1, 4, 5, 2), make(3, 3, 2, 3), 1, 'SAME'), shape=(1, 4, 5, 3))
for padding, size in (('SAME', (10, 12)), ('SAME', (9, 11)), ('VALID', (11, 13)), ('VALID', (12, 14))):
    for multiplier in (1, 2):
        def depthwise(x, make, padding=padding, size=size, multiplier=multiplier):
            return raw.DepthwiseConv2dNativeBackpropInput(input_sizes=[1, *size, 6 // multiplier], filter=make(3, 3, 6 // multiplier, multiplier), out_backprop=x, strides=[1, 2, 2, 1], padding=padding)
        case((1, 5, 6, 6), f'depthwise_backprop_{padding.lower()}_{size[0]}_m{multiplier}')(depthwise)
for kernel in (1, 2, 3, 4, 5):
    for stride in (1, 2, 3):
        for padding in ('SAME', 'VALID'):
            least = (4 - 1) * stride + (kernel if padding == 'VALID' else 1)
            for size in range(least, least + stride):
                def backprop(x, make, kernel=kernel, stride=stride, padding=padding, size=size):
                    return raw.Conv2DBackpropInput(input_sizes=[1, size, size, 2], filter=make(kernel, kernel, 2, 3), out_backprop=x, strides=[1, stride, stride, 1], padding=padding)
                case((1, 4, 4, 3), f'backprop_k{kernel}_s{stride}_{padding.lower()}_{size}')(backprop)


def dilated_rows(x, make, rate, padding):
    """A dilated Conv1D as Keras and tf.nn.conv1d write it."""
    y = raw.SpaceToBatchND(input=x, block_shape=[rate], paddings=[padding])
    y = tf.squeeze(tf.nn.conv2d(tf.expand_dims(y, 1), make(1, 3, 2, 4), 1, 'VALID'), [1])
    return tf.nn.relu(tf.nn.bias_add(raw.BatchToSpaceND(input=y, block_shape=[rate], crops=[[0, 0]]), make(4)))


for rate, padding in ((2, [4, 0]), (3, [3, 3]), (4, [8, 4])):
    elementwise(f'conv1d_dilated_{rate}', lambda x, make, rate=rate, padding=padding: dilated_rows(x, make, rate, padding), shape=(1, 12, 2))
for axis in (1, 2):
    elementwise(f'conv1d_dilated_axis{axis}_bias_inside', lambda x, make, axis=axis: raw.BatchToSpaceND(input=tf.squeeze(tf.nn.bias_add(tf.nn.conv2d(tf.expand_dims(raw.SpaceToBatchND(input=x, block_shape=[2], paddings=[[2, 2]]), axis), make(*((1, 3) if axis == 1 else (3, 1)), 2, 4), 1, 'VALID'), make(4)), [axis]), block_shape=[2], crops=[[0, 0]]), shape=(1, 12, 2))


def fuse(definition, last, fused, type_, inputs, **attributes):
    """Turns a chain of nodes into the one that grappler's remapper makes of it."""
    node = next(n for n in definition.node if n.name == last)
    product = next(n for n in definition.node if n.op == type_)
    for key in product.attr:
        node.attr[key].CopyFrom(product.attr[key])
    node.op = f'_Fused{type_}'
    del node.input[:]
    node.input.extend(inputs)
    node.attr['fused_ops'].list.s.extend(op.encode() for op in fused)
    node.attr['num_args'].i = len(inputs) - 2
    for key, value in attributes.items():
        node.attr[key].f = value
    keep, stack = set(), [last]
    while stack:
        name = stack.pop()
        keep.add(name)
        stack.extend(next(n for n in definition.node if n.name == name).input)
    unread = [n for n in definition.node if n.name not in keep]
    for n in unread:
        definition.node.remove(n)


def input_names(definition, op):
    return list(next(n for n in definition.node if n.op == op).input)


def fused_bias(activation):
    def edit(definition):
        x, filter_ = input_names(definition, 'Conv2D')
        fuse(definition, 'out', ['BiasAdd', activation], 'Conv2D', [x, filter_, input_names(definition, 'BiasAdd')[1]])
    return edit


for activation in ('Relu', 'Relu6', 'Elu', 'Tanh'):
    key = 'x' if activation == 'Tanh' else 'features'
    op = getattr(raw, activation)
    case((1, 5, 6, 3), f'fused_conv2d_bias_{activation.lower()}', edit=fused_bias(activation))(
        lambda x, make, op=op, key=key: op(**{key: tf.nn.bias_add(tf.nn.conv2d(x, make(3, 3, 3, 4), 1, 'SAME'), make(4))}, name='out'))


def fused_norm(definition):
    x, filter_ = input_names(definition, 'Conv2D')
    fuse(definition, 'out', ['FusedBatchNorm', 'Relu'], 'Conv2D', [x, filter_, *input_names(definition, 'FusedBatchNormV3')[1:]], epsilon=0.01)


@case((1, 5, 6, 3), edit=fused_norm)
def fused_conv2d_batch_norm(x, make):
    y = tf.nn.conv2d(x, make(3, 3, 3, 4), 1, 'SAME')
    return raw.Relu(features=raw.FusedBatchNormV3(x=y, scale=make(4), offset=make(4), mean=make(4), variance=make(4, low=0.1), epsilon=0.01, is_training=False).y, name='out')


def fused_matrix(definition):
    a, b = input_names(definition, 'MatMul')
    fuse(definition, 'out', ['BiasAdd'], 'MatMul', [a, b, input_names(definition, 'BiasAdd')[1]])


@case((1, 7), edit=fused_matrix)
def fused_mat_mul(x, make):
    return tf.nn.bias_add(raw.MatMul(a=x, b=make(7, 4)), make(4), name='out')


def main():
    v1.disable_control_flow_v2()
    write(collect(make.CASES), 'operators')


if __name__ == '__main__':
    main()
