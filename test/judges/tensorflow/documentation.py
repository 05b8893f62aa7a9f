"""The programs of docs/tensorflow.md that freeze a network, run as they are written."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

import numpy as np

from judge import ROOT, difference, why, written, xfdnn

TOLERANCE = 1e-4

# A model with all that freezing may get wrong: a batch norm whose statistics are not those of an image, and dropout.
MAKE = """
import numpy as np
import tensorflow as tf
keras = tf.keras
keras.utils.set_random_seed(1)
layers = keras.layers
model = keras.Sequential([
    keras.Input((224, 224, 3)), layers.Conv2D(8, 3, strides=4, padding='same'), layers.BatchNormalization(), layers.ReLU(),
    layers.Dropout(0.5), layers.GlobalAveragePooling2D(), layers.Dense(10), layers.Softmax(),
])
norm = model.layers[1]
norm.set_weights([np.linspace(low, high, 8) for low, high in ((0.5, 1.5), (-0.3, 0.3), (-0.2, 0.4), (0.1, 0.6))])
images = np.random.default_rng(1).uniform(-1, 1, (1, 224, 224, 3)).astype(np.float32)
np.save('input.npy', images)
np.save('expected.npy', model(images, training=False).numpy())
model.save('model.h5')
model.export('saved_model')
"""


def python(program, folder, legacy):
    environment = {**os.environ, 'TF_USE_LEGACY_KERAS': '1' if legacy else '0'}
    return subprocess.run([sys.executable, '-c', program], cwd=folder, capture_output=True, text=True, env=environment)


def judged(program, folder):
    """What becomes of one program of the page; begins with ok where all is well."""
    legacy = 'compat.v1' in program
    for what, code in (('the model', MAKE), ('the program', program)):
        done = python(code, folder, legacy)
        if done.returncode != 0:
            return f'{what}: {done.stderr.strip().splitlines()[-1]}'
    code, text = xfdnn('inspect', '--deploy_model', 'frozen.pb', cwd=folder)
    if code != 0:
        return f'inspect: {why(text)}'
    code, text = xfdnn('run', '--deploy_model', 'frozen.pb', '--input', 'input.npy', '--output_dir', 'out', cwd=folder)
    if code != 0:
        return f'run: {why(text)}'
    [output] = written(text)
    apart = difference(np.load(os.path.join(folder, output)), np.load(os.path.join(folder, 'expected.npy')))
    return f'{"ok" if apart < TOLERANCE else "differs"}, {apart:.1e} from the model'


def run(only, log):
    with open(os.path.join(ROOT, 'docs', 'tensorflow.md')) as page:
        programs = re.findall(r'```python\n(.*?)```', page.read(), re.S)
    good = 0
    chosen = [program for program in programs if re.search(only, program)]
    for program in chosen:
        folder = tempfile.mkdtemp(prefix='xfdnn-judge-')
        try:
            result = judged(program, folder)
        finally:
            shutil.rmtree(folder)
        good += result.startswith('ok')
        log(f'{program.splitlines()[3]:60} {result}')
    log(f'{good} of {len(chosen)} programs of docs/tensorflow.md freeze a network that runs as its model does')
    return good == len(chosen) > 0
