"""Every layer of Keras by itself, frozen by TensorFlow 2 and run against it."""
import inspect
import os
import re
import shutil
import tempfile
import zlib

import numpy as np
import tensorflow as tf

import freeze
from judge import difference, why, written, xfdnn

L = tf.keras.layers
IMAGE, ROWS, VOLUME, FILM, VECTOR = (8, 10, 3), (9, 4), (5, 6, 7, 2), (4, 8, 6, 2), (12,)

# Exported names that are no layer of an inference graph, and why.
LEFT_OUT = {
    'a base class': ['Layer', 'Wrapper', 'InputLayer'],
    'wraps models of other frameworks': ['FlaxLayer', 'JaxLayer', 'TorchModuleWrapper', 'TFSMLayer'],
    'changes labels or boxes of a training batch': ['CutMix', 'MixUp', 'MaxNumBoundingBoxes'],
    'keeps a seed in a variable that cannot be frozen, and does nothing in inference': [
        'RandomColorDegeneration', 'RandomGrayscale', 'RandomHue', 'RandomPosterization', 'RandomSaturation', 'RandomSharpness',
    ],
    'reads strings': ['StringLookup', 'TextVectorization', 'Hashing', 'HashedCrossing'],
    'looks up in a hash table, which a frozen graph does not hold': ['IntegerLookup'],
    'cannot be built as a layer of a Keras model': ['Equalization'],
}

# Layers that are refused, and why they stay so.
REASONS = {
    'CategoryEncoding': 'counts values, up to a length that depends on them (DenseBincount)',
    'Conv3D': 'the overlay has no third axis',
    'Conv3DTranspose': 'the overlay has no third axis',
    'ConvLSTM3D': 'the overlay has no third axis',
    'MelSpectrogram': 'a Fourier transform in complex numbers (RFFT)',
}

# Input size and what is applied to it. Names that are not here take the layer's defaults on an image.
FORMS = {
    'Activation': (IMAGE, lambda x: L.Activation('gelu')(x)),
    'Attention': (ROWS, lambda x: L.Attention()([x, x * 0.5])),
    'AdditiveAttention': (ROWS, lambda x: L.AdditiveAttention()([x, x * 0.5])),
    'AdaptiveAveragePooling1D': (ROWS, lambda x: L.AdaptiveAveragePooling1D(3)(x)),
    'AdaptiveAveragePooling2D': (IMAGE, lambda x: L.AdaptiveAveragePooling2D((3, 4))(x)),
    'AdaptiveAveragePooling3D': (VOLUME, lambda x: L.AdaptiveAveragePooling3D(2)(x)),
    'AdaptiveMaxPooling1D': (ROWS, lambda x: L.AdaptiveMaxPooling1D(3)(x)),
    'AdaptiveMaxPooling2D': (IMAGE, lambda x: L.AdaptiveMaxPooling2D((3, 4))(x)),
    'AdaptiveMaxPooling3D': (VOLUME, lambda x: L.AdaptiveMaxPooling3D(2)(x)),
    'AlphaDropout': (IMAGE, lambda x: L.AlphaDropout(0.5)(x)),
    'AveragePooling1D': (ROWS, lambda x: L.AveragePooling1D(2)(x)),
    'AveragePooling2D': (IMAGE, lambda x: L.AveragePooling2D(2)(x)),
    'AveragePooling3D': (VOLUME, lambda x: L.AveragePooling3D(2)(x)),
    'Bidirectional': (ROWS, lambda x: L.Bidirectional(L.LSTM(3, return_sequences=True))(x)),
    'CategoryEncoding': (VECTOR, lambda x: L.CategoryEncoding(6, 'multi_hot')(tf.keras.ops.cast(x * 5.0, 'int32'))),
    'CenterCrop': (IMAGE, lambda x: L.CenterCrop(5, 6)(x)),
    'Conv1D': (ROWS, lambda x: L.Conv1D(5, 3, padding='causal', dilation_rate=2)(x)),
    'Conv1DTranspose': (ROWS, lambda x: L.Conv1DTranspose(5, 3, 2)(x)),
    'Conv2D': (IMAGE, lambda x: L.Conv2D(6, 3, 2, 'same', groups=3)(x)),
    'Conv2DTranspose': (IMAGE, lambda x: L.Conv2DTranspose(5, 3, 2, 'same')(x)),
    'Conv3D': (VOLUME, lambda x: L.Conv3D(3, 2)(x)),
    'Conv3DTranspose': (VOLUME, lambda x: L.Conv3DTranspose(3, 2)(x)),
    'ConvLSTM1D': ((4, 6, 2), lambda x: L.ConvLSTM1D(3, 3)(x)),
    'ConvLSTM2D': (FILM, lambda x: L.ConvLSTM2D(3, 3)(x)),
    'ConvLSTM3D': ((3, *VOLUME), lambda x: L.ConvLSTM3D(3, 3)(x)),
    'Cropping1D': (ROWS, lambda x: L.Cropping1D((1, 2))(x)),
    'Cropping2D': (IMAGE, lambda x: L.Cropping2D(((1, 2), (0, 3)))(x)),
    'Cropping3D': (VOLUME, lambda x: L.Cropping3D(1)(x)),
    'Dense': (IMAGE, lambda x: L.Dense(5)(x)),
    'DepthwiseConv1D': (ROWS, lambda x: L.DepthwiseConv1D(3)(x)),
    'DepthwiseConv2D': (IMAGE, lambda x: L.DepthwiseConv2D(3, depth_multiplier=2)(x)),
    'Discretization': (IMAGE, lambda x: L.Discretization([0.2, 0.5, 0.8])(x)),
    'Dot': (ROWS, lambda x: L.Dot(2)([x, x * 2.0])),
    'Dropout': (IMAGE, lambda x: L.Dropout(0.5)(x)),
    'EinsumDense': (ROWS, lambda x: L.EinsumDense('abc,cde->abde', (None, 2, 3), bias_axes='de')(x)),
    'Embedding': (VECTOR, lambda x: L.Embedding(9, 4)(tf.keras.ops.cast(x * 8.0, 'int32'))),
    'GaussianDropout': (IMAGE, lambda x: L.GaussianDropout(0.5)(x)),
    'GaussianNoise': (IMAGE, lambda x: L.GaussianNoise(0.5)(x)),
    'GroupNormalization': ((8, 10, 6), lambda x: L.GroupNormalization(3)(x)),
    'GroupQueryAttention': (ROWS, lambda x: L.GroupQueryAttention(4, 4, 2)(x, x)),
    'GRU': (ROWS, lambda x: L.GRU(3)(x)),
    'GRUCell': (ROWS, lambda x: L.RNN(L.GRUCell(3), unroll=True)(x)),
    'Lambda': (IMAGE, lambda x: L.Lambda(lambda y: y * y)(x)),
    'LSTM': (ROWS, lambda x: L.LSTM(3, return_sequences=True)(x)),
    'LSTMCell': (ROWS, lambda x: L.RNN(L.LSTMCell(3), unroll=True)(x)),
    'Masking': (ROWS, lambda x: L.Masking()(x)),
    'MelSpectrogram': ((600,), lambda x: L.MelSpectrogram(64, 32, sampling_rate=8000, num_mel_bins=8)(x)),
    'MultiHeadAttention': (ROWS, lambda x: L.MultiHeadAttention(2, 3)(x, x)),
    'Normalization': (IMAGE, lambda x: L.Normalization(mean=[0.1, 0.2, 0.3], variance=[1.0, 2.0, 3.0])(x)),
    'Permute': (IMAGE, lambda x: L.Permute((3, 1, 2))(x)),
    'Pipeline': (IMAGE, lambda x: L.Pipeline([L.Rescaling(2.0), L.CenterCrop(4, 4)])(x)),
    'RandomCrop': (IMAGE, lambda x: L.RandomCrop(5, 6)(x)),
    'RandomBrightness': (IMAGE, lambda x: L.RandomBrightness(0.2)(x)),
    'RandomContrast': (IMAGE, lambda x: L.RandomContrast(0.2)(x)),
    'RandomHeight': (IMAGE, lambda x: L.RandomHeight(0.2)(x)),
    'RandomRotation': (IMAGE, lambda x: L.RandomRotation(0.2)(x)),
    'RandomTranslation': (IMAGE, lambda x: L.RandomTranslation(0.2, 0.2)(x)),
    'RandomWidth': (IMAGE, lambda x: L.RandomWidth(0.2)(x)),
    'RandomZoom': (IMAGE, lambda x: L.RandomZoom(0.2)(x)),
    'RepeatVector': (VECTOR, lambda x: L.RepeatVector(3)(x)),
    'Rescaling': (IMAGE, lambda x: L.Rescaling(2.0, -1.0)(x)),
    'Reshape': (IMAGE, lambda x: L.Reshape((4, -1))(x)),
    'Resizing': (IMAGE, lambda x: L.Resizing(5, 7)(x)),
    'ReversibleEmbedding': (VECTOR, lambda x: L.ReversibleEmbedding(9, 4)(tf.keras.ops.cast(x * 8.0, 'int32'))),
    'RNN': (ROWS, lambda x: L.RNN([L.SimpleRNNCell(3), L.GRUCell(2)])(x)),
    'SeparableConv1D': (ROWS, lambda x: L.SeparableConv1D(5, 3)(x)),
    'SeparableConv2D': (IMAGE, lambda x: L.SeparableConv2D(5, 3)(x)),
    'SimpleRNN': (ROWS, lambda x: L.SimpleRNN(3)(x)),
    'SimpleRNNCell': (ROWS, lambda x: L.RNN(L.SimpleRNNCell(3), unroll=True)(x)),
    'Solarization': (IMAGE, lambda x: L.Solarization(0.2, 0.3, value_range=(0, 1))(x)),
    'SpatialDropout1D': (ROWS, lambda x: L.SpatialDropout1D(0.5)(x)),
    'SpatialDropout2D': (IMAGE, lambda x: L.SpatialDropout2D(0.5)(x)),
    'SpatialDropout3D': (VOLUME, lambda x: L.SpatialDropout3D(0.5)(x)),
    'SpectralNormalization': (IMAGE, lambda x: L.SpectralNormalization(L.Conv2D(4, 3))(x)),
    'StackedRNNCells': (ROWS, lambda x: L.RNN(L.StackedRNNCells([L.LSTMCell(3), L.LSTMCell(2)]), unroll=True)(x)),
    'STFTSpectrogram': ((600, 1), lambda x: L.STFTSpectrogram(frame_length=64, frame_step=32, fft_length=64)(x)),
    'TimeDistributed': (FILM, lambda x: L.TimeDistributed(L.Conv2D(3, 3))(x)),
    'UpSampling1D': (ROWS, lambda x: L.UpSampling1D(2)(x)),
    'UpSampling2D': (IMAGE, lambda x: L.UpSampling2D((2, 3), interpolation='bilinear')(x)),
    'UpSampling3D': (VOLUME, lambda x: L.UpSampling3D(2)(x)),
    'ZeroPadding1D': (ROWS, lambda x: L.ZeroPadding1D(2)(x)),
    'ZeroPadding2D': (IMAGE, lambda x: L.ZeroPadding2D(((1, 0), (2, 3)))(x)),
    'ZeroPadding3D': (VOLUME, lambda x: L.ZeroPadding3D(1)(x)),
}
# What reads two values.
for merge in ('Add', 'Average', 'Maximum', 'Minimum', 'Multiply', 'Subtract', 'Concatenate'):
    FORMS[merge] = (IMAGE, lambda x, merge=merge: getattr(L, merge)()([x, 1.0 - x]))
# Layers with a factor as their one argument.
for layer in ('RandomInvert', 'RandomShear', 'RandomPerspective', 'RandomErasing', 'RandomElasticTransform', 'RandomColorJitter'):
    FORMS[layer] = (IMAGE, lambda x, layer=layer: getattr(L, layer)()(x))


def classes():
    """Layers by their first name; aliases (AvgPool2D, Convolution2D) are the same class."""
    found = {}
    for name in sorted(dir(L)):
        member = getattr(L, name)
        if inspect.isclass(member) and issubclass(member, L.Layer) and member.__name__ == name:
            found[name] = member
    return found


def form(name, layer):
    if name in FORMS:
        return FORMS[name]
    size = ROWS if name.endswith('1D') else VOLUME if name.endswith('3D') else IMAGE
    return size, lambda x: layer()(x)


def judge(name, layer):
    """`ok`, or what is wrong with it."""
    tf.keras.backend.clear_session()
    tf.keras.utils.set_random_seed(1)
    random = np.random.default_rng(zlib.crc32(name.encode()))
    size, apply = form(name, layer)
    images = random.uniform(0, 1, (2, *size)).astype(np.float32)
    image = tf.keras.Input(size)
    model = tf.keras.Model(image, apply(image))
    definition, feed, output = freeze.freeze_tf2(model, images, random)
    expected = freeze.answer(definition, feed, output, images[:1])
    folder = tempfile.mkdtemp(prefix='xfdnn-judge-')
    try:
        with open(f'{folder}/model.pb', 'wb') as file:
            file.write(definition.SerializeToString())
        np.save(f'{folder}/input.npy', images[:1])
        blob = output[:-2] if output.endswith(':0') else output
        code, text = xfdnn('run', '--deploy_model', 'model.pb', '--input', 'input.npy', '--blobs', blob, '--output_dir', 'out', cwd=folder)
        if code != 0:
            return f'REFUSED: {why(text)}'
        got = np.load(os.path.join(folder, written(text)[0]))
        apart = difference(got, expected)
        if got.shape != expected.shape or not apart <= 1e-4:
            return f'WRONG: {got.shape} {apart:.1e}, expected {expected.shape}'
        return 'ok'
    finally:
        shutil.rmtree(folder)


def run(only, log):
    layers = classes()
    results = {}
    for reason, names in LEFT_OUT.items():
        log(f'left out, {reason}: {", ".join(names)}')
    out = {name for names in LEFT_OUT.values() for name in names}
    for name, layer in layers.items():
        if name in out or not re.search(only, name):
            continue
        try:
            results[name] = judge(name, layer)
        except Exception as error:  # noqa: BLE001 - what Keras refuses is counted apart
            results[name] = f'not built: {type(error).__name__}: {str(error).splitlines()[0][:200]}'
        log(f'{name:26} {results[name]}')
    refused = [name for name, result in results.items() if result.startswith('REFUSED')]
    wrong = [name for name, result in results.items() if not result.startswith(('ok', 'REFUSED'))]
    for name in refused:
        log(f'{name} is refused: {REASONS.get(name, "no reason is known")}')
    log(f'{len(results)} layers, {len(refused)} refused, {len(wrong)} wrong or not built')
    return not wrong and all(name in REASONS for name in refused)
