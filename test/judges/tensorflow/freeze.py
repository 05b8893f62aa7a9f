"""Keras models as frozen graphs, in the three forms that people have."""
import numpy as np
import tensorflow as tf

v1 = tf.compat.v1
FORMS = ('tf2', 'tf1', 'if')


def prepare(form):
    """Puts TensorFlow into the mode of a form; once for each process. Gives the Keras of that mode."""
    if form == 'tf2':
        return tf.keras
    import tf_keras
    v1.disable_eager_execution()
    if form == 'tf1':
        v1.disable_v2_behavior()
    else:
        v1.enable_control_flow_v2()
        v1.enable_resource_variables()
    return tf_keras


def scramble(weights, random, assign):
    """Values like those of a trained network. Statistics of batch norms are measured later."""
    for weight in weights:
        kind = getattr(weight, 'path', weight.name).split(':')[0].split('/')[-1]
        shape = tuple(weight.shape)
        if kind == 'gamma':
            assign(weight, random.uniform(0.6, 1.4, shape))
        elif kind in ('beta', 'bias'):
            assign(weight, random.uniform(-0.2, 0.2, shape))
        elif kind == 'moving_mean':
            assign(weight, np.zeros(shape))
        elif kind == 'moving_variance':
            assign(weight, np.ones(shape))
        elif kind in ('kernel', 'depthwise_kernel', 'pointwise_kernel'):
            fan = int(np.prod(shape[:2])) if kind == 'depthwise_kernel' else int(np.prod(shape[:-1]))
            assign(weight, (random.standard_normal(shape) * (2.0 / max(fan, 1)) ** 0.5).clip(-3, 3))


def batch_norms(model):
    found = []
    for layer in model.layers:
        found += batch_norms(layer) if hasattr(layer, 'layers') else [layer] if type(layer).__name__ == 'BatchNormalization' else []
    return found


def steady(variance):
    """No channel is so flat over a few small images that its norm multiplies rounding errors."""
    return variance + np.float32(0.1) * variance.mean()


def freeze_tf2(model, images, random):
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2
    scramble(model.weights, random, lambda weight, value: weight.assign(value.astype(np.float32)))
    for norm in batch_norms(model):
        norm.momentum = 0.0
    if batch_norms(model):
        model(images, training=True)
    for norm in batch_norms(model):
        norm.moving_variance.assign(steady(norm.moving_variance.numpy()))
    function = tf.function(lambda x: model(x, training=False), input_signature=[tf.TensorSpec([None, *images.shape[1:]], tf.float32, 'x')])
    frozen = convert_variables_to_constants_v2(function.get_concrete_function())
    return frozen.graph.as_graph_def(), 'x', frozen.outputs[0].name


def load(session, values):
    """Gives variables their values by one run: for each run of other nodes TensorFlow prepares the whole graph."""
    session.run([variable.initializer for variable in values], {variable.initializer.inputs[1]: value for variable, value in values.items()})


def freeze_tf1(make, keras, images, random):
    """`make` builds the model: its batch norms choose by the learning phase, which stays a PlaceholderWithDefault."""
    from tf_keras.src import backend
    graph = tf.Graph()
    with graph.as_default(), v1.Session(graph=graph) as session:
        backend.set_session(session)
        v1.set_random_seed(1)
        model = make()
        norms = batch_norms(model)
        session.run(v1.global_variables_initializer())
        values = {}
        scramble(model.weights, random, lambda weight, value: values.__setitem__(weight, value.astype(np.float32)))
        load(session, values)
        # Mean and variance of all norms as in training.
        moments = [tf.nn.moments(norm.input, list(range(len(norm.input.shape) - 1))) for norm in norms]
        measured = session.run(moments, {model.inputs[0]: images, backend.symbolic_learning_phase(): True})
        load(session, {norm.moving_mean: mean for norm, (mean, _) in zip(norms, measured)})
        load(session, {norm.moving_variance: steady(variance) for norm, (_, variance) in zip(norms, measured)})
        definition = v1.graph_util.convert_variables_to_constants(session, graph.as_graph_def(), [model.outputs[0].op.name])
        return definition, model.inputs[0].op.name, model.outputs[0].name


def answer(definition, feed, output, images):
    """What TensorFlow gives for the frozen graph."""
    graph = tf.Graph()
    with graph.as_default():
        tf.import_graph_def(definition, name='')
        with v1.Session(graph=graph) as session:
            return session.run(output, {feed + ':0': images})


def exact(path, feed, output, images):
    """What TensorFlow gives for a frozen graph when every number of it is a double; None where an op takes no doubles (FusedBatchNorm)."""
    definition = v1.GraphDef()
    with open(path, 'rb') as file:
        definition.ParseFromString(file.read())
    for node in definition.node:
        for value in node.attr.values():
            if value.type == tf.float32.as_datatype_enum:
                value.type = tf.float64.as_datatype_enum
            if value.HasField('tensor') and value.tensor.dtype == tf.float32.as_datatype_enum:
                value.tensor.CopyFrom(tf.make_tensor_proto(tf.make_ndarray(value.tensor).astype(np.float64)))
    try:
        return answer(definition, feed, output, images.astype(np.float64))
    except (ValueError, tf.errors.OpError):
        return None
