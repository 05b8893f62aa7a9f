"""Every application of Keras: inspected, run against TensorFlow, quantized, verified."""
import gc
import json
import os
import shutil
import tempfile
import zlib

import numpy as np

import freeze
from judge import difference, why, written, xfdnn

CLASSES = 10
TOLERANCE = 1e-4
# Every layer is there at any size. These take no smaller one, but for MobileNet, whose last norms see too few pixels at the common one.
SIZES = {'MobileNet': 64, 'Xception': 71, 'InceptionV3': 75, 'InceptionResNetV2': 75, 'NASNetLarge': 75, 'NASNetMobile': 75}
# These scale their pixels themselves.
RAW = ('EfficientNet', 'MobileNetV3', 'ConvNeXt')


# From the smallest to the largest number of weights.
ORDER = (
    'MobileNetV3Small MobileNetV2 MobileNet MobileNetV3Large NASNetMobile EfficientNetB0 EfficientNetV2B0 EfficientNetB1 EfficientNetV2B1 DenseNet121 '
    'EfficientNetB2 EfficientNetV2B2 EfficientNetB3 EfficientNetV2B3 DenseNet169 EfficientNetB4 DenseNet201 EfficientNetV2S Xception InceptionV3 ResNet50V2 '
    'ResNet50 ConvNeXtTiny EfficientNetB5 EfficientNetB6 ResNet101V2 ResNet101 ConvNeXtSmall EfficientNetV2M InceptionResNetV2 ResNet152V2 ResNet152 VGG16 '
    'EfficientNetB7 NASNetLarge ConvNeXtBase EfficientNetV2L VGG19 ConvNeXtLarge ConvNeXtXLarge'
).split()


def names(keras):
    """Those of tf.keras; tf_keras has RegNet and ResNetRS besides."""
    found = [name for name in dir(keras.applications) if name[0].isupper() and not name.startswith(('RegNet', 'ResNetRS'))]
    return sorted(found, key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER))


def frozen(form, keras, name, images, random):
    size = images.shape[1]
    def make():
        return getattr(keras.applications, name)(weights=None, input_shape=(size, size, 3), classes=CLASSES)
    try:
        if form == 'tf2':
            keras.utils.set_random_seed(1)
            return freeze.freeze_tf2(make(), images, random)
        return freeze.freeze_tf1(make, keras, images, random)
    finally:
        keras.backend.clear_session()
        gc.collect()


def judge(form, keras, name, log):
    """One application in one form. Whether all went well."""
    random = np.random.default_rng(zlib.crc32(name.encode()))
    size = SIZES.get(name, 48)
    images = random.uniform(0, 1, (4, size, size, 3)).astype(np.float32)
    scale = 255 if name.startswith(RAW) else 1
    folder = tempfile.mkdtemp(prefix='xfdnn-judge-')
    try:
        definition, feed, output = frozen(form, keras, name, images * np.float32(scale), random)
        expected = freeze.answer(definition, feed, output, images[:1] * np.float32(scale))
        functional = sum(node.op in ('If', 'StatelessIf') for node in definition.node)
        switches = sum(node.op in ('Switch', 'RefSwitch') for node in definition.node)
        with open(f'{folder}/model.pb', 'wb') as file:
            file.write(definition.SerializeToString())
        shape = f'{size}x{size}' + (f', {functional} If' if functional else f', {switches} Switch' if switches else '')
        nodes = len(definition.node)
        del definition
        gc.collect()
        os.mkdir(f'{folder}/images')
        for index, image in enumerate(images[:1]):
            np.save(f'{folder}/images/{index}.npy', image)
        np.save(f'{folder}/input.npy', images[:1] * np.float32(scale))
        result = perform(folder, output.split(':')[0], expected, size, scale, lambda: freeze.exact(f'{folder}/model.pb', feed, output, images[:1] * np.float32(scale)))
    finally:
        shutil.rmtree(folder)
    good = result.startswith('ok')
    log(f'{form:4} {name:18} {shape:18} {nodes:5} nodes  {result}')
    return good


def perform(folder, output, expected, size, scale, exact):
    """`exact` gives the graph's result in double precision: in very deep networks TensorFlow's own roundings exceed the tolerance."""
    model = ['--deploy_model', 'model.pb', '--dims', f'3,{size},{size}']
    preprocessing = ['--raw_scale', scale, '--mean_value', '0', '--channel_swap', '0,1,2']
    calibration = ['--calibration_directory', 'images', '--calibration_size', 1, '--calibration_seed', 1]
    commands = [
        ['inspect', *model],
        ['run', *model, '--input', 'input.npy', '--blobs', output, '--output_dir', 'out'],
        ['quantize', *model, *calibration, *preprocessing, '--output_json', 'q.json', '--quiet'],
        ['verify', *model, '--scaling', 'q.json', '--images', 'images', *preprocessing, '--json', '--quiet'],
    ]
    apart, remark = None, ''
    for command in commands:
        code, text = xfdnn(*command, cwd=folder)
        if code != 0:
            return f'{command[0]} REFUSED: {why(text)}'
        if command[0] == 'run':
            got = np.load(os.path.join(folder, written(text)[0]))
            apart = difference(got, expected)
            if not apart <= TOLERANCE:
                right = exact()
                if right is None:
                    return f'run WRONG: {apart:.1e} of the largest value'
                remark = f'  ({apart:.1e} from TensorFlow, which is {difference(expected, right):.1e} from its own result in double precision)'
                apart = difference(got, right)
            if not apart <= TOLERANCE:
                return f'run WRONG: {apart:.1e} of the largest value{remark}'
    entries = len(json.load(open(f'{folder}/q.json'))['network'])
    return f'ok  {apart:.0e}  {entries:3} entries{remark}'
