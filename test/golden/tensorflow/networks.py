"""Small networks in the style of well-known ones, written and frozen as training scripts do, with what training leaves behind."""
import numpy as np
import tensorflow as tf

v1 = tf.compat.v1
NETWORKS = {}


class Net:
    """Layers on variables, with names and leftovers of TensorFlow 1 training code."""

    def __init__(self, random):
        self.random = random
        self.training = v1.placeholder_with_default(False, [], name='phase_train')
        self.values = {}
        self.extra = []

    def variable(self, name, shape, low, high):
        variable = v1.get_variable(name, shape, tf.float32, initializer=v1.zeros_initializer())
        self.values[variable] = self.random.uniform(low, high, shape).astype(np.float32)
        return variable

    def conv(self, x, name, channels, kernel=3, stride=1, padding='SAME', bias=False, norm='fused', activation=tf.nn.relu, depthwise=False, quantize=False):
        kernel = (kernel, kernel) if isinstance(kernel, int) else kernel
        inputs = x.shape[3]
        bound = (3.0 / (kernel[0] * kernel[1] * (1 if depthwise else inputs))) ** 0.5 * 1.4
        with v1.variable_scope(name):
            w = self.variable('weights', [*kernel, inputs, 1 if depthwise else channels], -bound, bound)
            if quantize:
                w = self.fake_quant(w, 'weights_quant', -bound, bound)
            run = tf.nn.depthwise_conv2d if depthwise else tf.nn.conv2d
            y = run(x, w, [1, stride, stride, 1], padding)
            if bias:
                y = tf.nn.bias_add(y, self.variable('biases', [y.shape[3]], -0.3, 0.3))
            if norm is not None:
                y = getattr(self, norm)(y)
            if activation is not None:
                y = activation(y)
            return self.fake_quant(y, 'act_quant', 0.0, 6.0) if quantize and activation is not None else y

    def statistics(self, channels, gamma=True):
        mean = self.variable('moving_mean', [channels], -0.3, 0.3)
        variance = self.variable('moving_variance', [channels], 0.5, 1.5)
        beta = self.variable('beta', [channels], -0.3, 0.3)
        return mean, variance, beta, self.variable('gamma', [channels], 0.6, 1.4) if gamma else None

    def fused(self, x):
        with v1.variable_scope('BatchNorm'):
            mean, variance, beta, gamma = self.statistics(x.shape[3])
            return v1.nn.fused_batch_norm(x, gamma, beta, mean, variance, 0.001, is_training=False)[0]

    def switched(self, x):
        """Chooses between batch and stored statistics by a flag of the graph."""
        with v1.variable_scope('BatchNorm'):
            mean, variance, beta, gamma = self.statistics(x.shape[3])
            return v1.cond(self.training,
                           lambda: v1.nn.fused_batch_norm(x, gamma, beta, epsilon=0.001, is_training=True)[0],
                           lambda: v1.nn.fused_batch_norm(x, gamma, beta, mean, variance, 0.001, is_training=False)[0])

    def unfused(self, x):
        with v1.variable_scope('BatchNorm'):
            mean, variance, beta, gamma = self.statistics(x.shape[3])
            return tf.nn.batch_normalization(x, mean, variance, beta, gamma, 0.001)

    def without_gamma(self, x):
        with v1.variable_scope('BatchNorm'):
            mean, variance, beta, _ = self.statistics(x.shape[3], gamma=False)
            return tf.nn.batch_normalization(x, mean, variance, beta, None, 0.001)

    def fake_quant(self, x, name, low, high):
        with v1.variable_scope(name):
            return tf.quantization.fake_quant_with_min_max_vars(x, self.variable('min', [], low, low + 1e-6), self.variable('max', [], high, high + 1e-6))

    def dropout(self, x):
        return v1.cond(self.training, lambda: tf.nn.dropout(x, 0.4), lambda: tf.identity(x))

    def dense(self, x, name, units):
        with v1.variable_scope(name):
            bound = (3.0 / x.shape[1]) ** 0.5
            return tf.matmul(x, self.variable('weights', [x.shape[1], units], -bound, bound)) + self.variable('biases', [units], -0.3, 0.3)

    def watch(self, name, x):
        """Summaries and assertions that a frozen file may still hold."""
        self.extra.append(v1.summary.histogram(name, x).op.name)
        self.extra.append(v1.summary.scalar(name + '/sparsity', tf.math.zero_fraction(x)).op.name)


def network(low=-1.0, high=1.0, size=32, blobs=(), **options):
    def register(build):
        def make(random):
            graph = tf.Graph()
            with graph.as_default():
                x = v1.placeholder(tf.float32, [None, size, size, 3], name='input')
                net = Net(random)
                result = build(net, x)
                saver = v1.train.Saver()
                image = random.uniform(low, high, [1, size, size, 3]).astype(np.float32)
                with v1.Session(graph=graph) as session:
                    for variable, value in net.values.items():
                        variable.load(value, session)
                    names = [result.name, *blobs]
                    names = [name if ':' in name else name + ':0' for name in names]
                    values = session.run(names, {x: image})
                    frozen = v1.graph_util.convert_variables_to_constants(session, graph.as_graph_def(), [result.op.name, *net.extra])
                del saver
            outputs = [(name[:-2], value) for name, value in zip(names, values)]
            wanted = dict(outputLayers=[name for name, _ in outputs]) if blobs else {}
            return frozen, image, outputs, {**options, **wanted}
        NETWORKS[build.__name__] = make
        return build
    return register


@network()
def resnet(net, x):
    def block(x, name, channels, stride):
        with v1.variable_scope(name):
            shortcut = x
            if stride != 1 or x.shape[3] != channels:
                shortcut = net.conv(x, 'shortcut', channels, 1, stride, activation=None, norm='switched')
            y = net.conv(x, 'conv1', channels // 2, 1, 1, norm='switched')
            if stride != 1:
                y = tf.pad(y, [[0, 0], [1, 1], [1, 1], [0, 0]])
            y = net.conv(y, 'conv2', channels // 2, 3, stride, 'VALID' if stride != 1 else 'SAME', norm='switched')
            y = net.conv(y, 'conv3', channels, 1, 1, activation=None, norm='switched')
            y = tf.nn.relu(shortcut + y)
            net.watch('out', y)
            return y
    y = tf.pad(x, [[0, 0], [3, 3], [3, 3], [0, 0]])
    y = net.conv(y, 'conv1', 8, 7, 2, 'VALID', norm='switched')
    y = tf.nn.max_pool2d(y, 3, 2, 'SAME')
    for name, channels, stride in (('block1', 16, 1), ('block2', 24, 2), ('block3', 24, 1)):
        y = block(y, name, channels, stride)
    y = tf.reduce_mean(y, [1, 2], keepdims=True, name='pool5')
    y = tf.squeeze(net.conv(y, 'logits', 10, 1, bias=True, norm=None, activation=None), [1, 2], name='SpatialSqueeze')
    return tf.nn.softmax(y, name='predictions')


@network()
def mobilenet_v1(net, x):
    y = net.conv(x, 'Conv2d_0', 8, 3, 2, norm='unfused', activation=tf.nn.relu6)
    for index, (channels, stride) in enumerate(((12, 1), (16, 2), (16, 1), (24, 2)), 1):
        y = net.conv(y, f'Conv2d_{index}_depthwise', 0, 3, stride, norm='unfused', activation=tf.nn.relu6, depthwise=True)
        y = net.conv(y, f'Conv2d_{index}_pointwise', channels, 1, 1, norm='unfused', activation=tf.nn.relu6)
        net.watch(f'Conv2d_{index}', y)
    with v1.variable_scope('Logits'):
        y = tf.nn.avg_pool2d(y, 4, 2, 'VALID', name='AvgPool_1a')
        y = tf.identity(y, 'Dropout_1b/Identity')
        y = net.conv(y, 'Conv2d_1c_1x1', 11, 1, bias=True, norm=None, activation=None)
        y = tf.squeeze(y, [1, 2], name='SpatialSqueeze')
    shape = tf.shape(y)
    flat = tf.reshape(y, [-1, 11], name='Predictions/Reshape')
    return tf.reshape(tf.nn.softmax(flat), shape, name='Predictions/Reshape_1')


@network(fakeQuant='use')
def mobilenet_v2(net, x):
    def bottleneck(x, name, channels, stride, expansion):
        with v1.variable_scope(name):
            y = net.conv(x, 'expand', x.shape[3] * expansion, 1, activation=tf.nn.relu6)
            y = net.conv(y, 'depthwise', 0, 3, stride, activation=tf.nn.relu6, depthwise=True)
            y = net.conv(y, 'project', channels, 1, activation=None)
            return tf.add(x, y, name='add') if stride == 1 and x.shape[3] == channels else y
    y = net.fake_quant(x, 'input_quant', -1.0, 1.0)
    y = net.conv(y, 'Conv', 8, 3, 2, activation=tf.nn.relu6, quantize=True)
    for index, (channels, stride, expansion) in enumerate(((8, 1, 2), (12, 2, 3), (12, 1, 3))):
        y = bottleneck(y, f'expanded_conv_{index}', channels, stride, expansion)
    y = net.conv(y, 'Conv_1', 24, 1, activation=tf.nn.relu6, quantize=True)
    y = tf.reduce_mean(y, [1, 2], name='global_pool')
    return tf.nn.softmax(net.dense(y, 'Logits', 10), name='Softmax')


@network()
def inception(net, x):
    def module(x, name, sizes):
        one, reduce3, three, pool = sizes
        with v1.variable_scope(name):
            a = net.conv(x, 'Branch_0/1x1', one, 1, norm='without_gamma')
            b = net.conv(net.conv(x, 'Branch_1/1x1', reduce3, 1, norm='without_gamma'), 'Branch_1/1x3', three, (1, 3), norm='without_gamma')
            b1 = net.conv(b, 'Branch_1/3x1a', three, (3, 1), norm='without_gamma')
            b2 = net.conv(b, 'Branch_1/1x3a', three, (1, 3), norm='without_gamma')
            c = net.conv(tf.nn.avg_pool2d(x, 3, 1, 'SAME'), 'Branch_2/1x1', pool, 1, norm='without_gamma')
            return tf.concat([a, tf.concat([b1, b2], 3), c], 3, name='concat')
    y = tf.debugging.check_numerics(x, 'input')
    y = (y * 2.0 - 0.5) / 1.5
    y = net.conv(y, 'conv1', 8, 5, 2, 'VALID', bias=True, norm=None)
    y = tf.nn.lrn(y, 2, 1.0, 2e-3, 0.75)
    y = tf.nn.max_pool2d(y, 3, 2, 'VALID')
    y = module(y, 'Mixed_a', (6, 4, 6, 4))
    net.watch('Mixed_a', y)
    y = tf.concat([tf.nn.max_pool2d(y, 3, 2, 'VALID'), net.conv(y, 'Mixed_b/down', 8, 3, 2, 'VALID', norm='without_gamma')], 3, name='Mixed_b/concat')
    y = module(tf.stop_gradient(y), 'Mixed_c', (6, 4, 6, 4))
    y = tf.nn.avg_pool2d(y, y.shape[1], 1, 'VALID')
    y = net.dropout(y)
    flat = tf.reshape(y, [tf.shape(y)[0], int(np.prod(y.shape[1:]))])
    return tf.nn.softmax(net.dense(flat, 'logits', 10), name='softmax')


@network(low=0.0, blobs=('fire2/concat', 'fire3/concat'))
def squeezenet(net, x):
    def fire(x, name, squeeze, expand):
        with v1.variable_scope(name):
            y = net.conv(x, 'squeeze1x1', squeeze, 1, bias=True, norm=None)
            left = net.conv(y, 'expand1x1', expand, 1, bias=True, norm=None)
            right = net.conv(y, 'expand3x3', expand, 3, bias=True, norm=None)
            return tf.concat([left, right], 3, name='concat')
    with v1.control_dependencies([v1.assert_less(tf.reduce_max(x), 2.0)]):
        y = tf.identity(x)
    mean = tf.constant([0.48, 0.46, 0.41], shape=[1, 1, 1, 3])
    y = (y - mean) * tf.constant([4.3, 4.4, 4.5])
    y = net.conv(y, 'conv1', 8, 3, 2, 'VALID', bias=True, norm=None)
    y = tf.nn.max_pool2d(y, 3, 2, 'VALID')
    y = fire(y, 'fire2', 4, 8)
    y = fire(y, 'fire3', 4, 8)
    y = tf.nn.max_pool2d(y, 3, 2, 'VALID')
    y = net.dropout(y)
    y = net.conv(y, 'conv10', 10, 1, bias=True, norm=None)
    y = tf.reduce_mean(y, [1, 2])
    return tf.nn.softmax(y, name='softmaxout')


def keras_net(random):
    """Written with Keras, frozen as TensorFlow 2 does."""
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2
    layers = tf.keras.layers
    model = tf.keras.Sequential([
        tf.keras.Input([16, 16, 3]),
        layers.Rescaling(2.0, offset=-1.0),
        layers.Conv2D(8, 3, strides=2, padding='same', use_bias=False),
        layers.BatchNormalization(),
        layers.LeakyReLU(negative_slope=0.1),
        layers.ZeroPadding2D(1),
        layers.DepthwiseConv2D(3, strides=1),
        layers.ReLU(6.0),
        layers.Conv2D(12, 3, dilation_rate=2, padding='same'),
        layers.PReLU(shared_axes=[1, 2]),
        layers.Conv2DTranspose(6, 3, strides=2, padding='same', activation='relu'),
        layers.UpSampling2D(2, interpolation='bilinear'),
        layers.MaxPooling2D(3),
        layers.Dropout(0.3),
        layers.Flatten(),
        layers.Dense(10, activation='softmax'),
    ])
    for weight in model.weights:
        kind = weight.path.split('/')[-1]
        low, high = {'moving_variance': (0.5, 1.5), 'gamma': (0.6, 1.4), 'alpha': (0.05, 0.4)}.get(kind, (-0.3, 0.3))
        if weight.dtype == 'float32':
            weight.assign(random.uniform(low, high, weight.shape).astype(np.float32))
    image = random.uniform(0.0, 1.0, [1, 16, 16, 3]).astype(np.float32)
    function = tf.function(lambda x: model(x, training=False), input_signature=[tf.TensorSpec([None, 16, 16, 3], tf.float32, name='x')])
    frozen = convert_variables_to_constants_v2(function.get_concrete_function())
    value = frozen(tf.constant(image))
    value = value[0] if isinstance(value, (list, tuple)) else value
    return frozen.graph.as_graph_def(), image, [(frozen.outputs[0].name[:-2], value.numpy())], {}


NETWORKS['keras'] = keras_net
