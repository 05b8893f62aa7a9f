"""The graphs that tensorflow-onnx's backend tests build, one of each call of `run_test_case`.

The tests come with tf2onnx's source distribution. Conversion to ONNX is replaced: a graph is imported and run against
TensorFlow's own result. A network of this project has one input and sees one image: the first placeholder of floats is
the input, the others become constants of what the test feeds, and TensorFlow too is given the first image of a batch.
"""
import collections
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import types
import unittest

import numpy as np

from judge import ROOT, difference, skip, why

PACKAGE = 'tf2onnx==1.17.0'


def sources():
    """The folder of the tests, unpacked beside the environment."""
    folder = os.path.join(ROOT, 'dist', 'judges', 'tf2onnx')
    if not glob.glob(f'{folder}/*/tests'):
        download = [sys.executable, '-m', 'pip', 'download', '-q', '--no-deps', '--no-binary', 'tf2onnx', '-d', folder, PACKAGE]
        install = [sys.executable, '-m', 'pip', 'install', '-q', 'onnx', 'parameterized', 'requests', '--no-deps', PACKAGE, 'ml_dtypes', 'typing_extensions']
        if any(subprocess.run(command).returncode != 0 for command in (download, install)):
            skip('onnx', 'the source distribution of tf2onnx is not to be had here')
        with tarfile.open(glob.glob(f'{folder}/*.tar.gz')[0]) as archive:
            archive.extractall(folder, filter='data')
    return glob.glob(f'{folder}/*/tests')[0]


class Results:
    """What became of each graph."""

    def __init__(self, log):
        self.log = log
        self.kinds = collections.Counter()

    def add(self, name, kind, detail=''):
        self.kinds[kind] += 1
        if kind not in ('ok', 'imported'):
            self.log(f'{name:44} {kind}{detail and ": " + detail}')


class Importer:
    """The importer in one process, which answers line by line."""

    def __init__(self):
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'run-graph.mjs')
        self.process = subprocess.Popen(['node', script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.folder = tempfile.mkdtemp(prefix='xfdnn-judge-')

    def judge(self, definition, feeds, outputs, expected):
        """The kind of result, and what was said."""
        feeds = {name.split(':')[0]: np.asarray(feed) for name, feed in feeds.items()}
        used = {node.name for node in definition.node} & set(feeds)
        if not used:
            return 'without input', ''
        name = next((name for name in feeds if name in used and feeds[name].dtype.kind == 'f' and feeds[name].ndim > 0), min(used))
        one_input(definition, name, feeds)
        with open(f'{self.folder}/model.pb', 'wb') as file:
            file.write(definition.SerializeToString())
        question = {
            'model': f'{self.folder}/model.pb', 'input_layer': name, 'output_layers': [re.sub(':0$', '', output) for output in outputs],
        }
        if feeds[name].dtype.kind in 'fiub':
            np.save(f'{self.folder}/input.npy', np.asarray(feeds[name], np.float32))
            question['input'] = f'{self.folder}/input.npy'
        print(json.dumps(question), file=self.process.stdin, flush=True)
        answer = json.loads(self.process.stdout.readline())
        if 'refused' in answer:
            return ('CRASH' if answer['refused'].startswith('CRASH') else 'REFUSED'), why(answer['refused'])
        if 'imported' in answer:
            return 'imported', ''
        if answer['input'] != list(feeds[name].shape):
            of_one = of_one_image(definition, name, feeds[name], answer['input'], outputs)
            expected = expected if of_one is None else of_one
        return compare([np.array(one['data'], np.float64).astype(np.float32).reshape(one['shape']) for one in answer['outputs']], expected)

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        shutil.rmtree(self.folder)


def one_input(definition, name, feeds):
    """Gives the input the shape of its feed, and makes constants of the other placeholders."""
    import tensorflow as tf
    for node in definition.node:
        if node.name == name:
            node.attr['shape'].shape.CopyFrom(tf.TensorShape(feeds[name].shape).as_proto())
        elif node.name in feeds:
            dtype = node.attr['dtype'].type
            node.op = 'Const'
            node.attr.clear()
            del node.input[:]
            node.attr['dtype'].type = dtype
            node.attr['value'].tensor.CopyFrom(tf.make_tensor_proto(feeds[node.name], tf.as_dtype(dtype)))


def of_one_image(definition, name, feed, shape, outputs):
    """TensorFlow's results for the first image of a batch; None where the graph's constants hold the whole batch."""
    import tensorflow as tf
    for node in definition.node:
        node.attr.pop('_output_shapes', None)
        if node.name == name:
            node.attr['shape'].shape.CopyFrom(tf.TensorShape(shape).as_proto())
    graph = tf.Graph()
    try:
        with graph.as_default(), tf.compat.v1.Session(graph=graph) as session:
            tf.import_graph_def(definition, name='')
            return session.run(outputs, {f'{name}:0': feed.reshape(-1)[: int(np.prod(shape))].reshape(shape)})
    except (ValueError, tf.errors.OpError):
        return None


def compare(got, expected):
    """Whether the results are TensorFlow's: for one image, or the first part of those for a batch that it takes as a whole only."""
    for ours, theirs in zip(got, expected):
        theirs = np.asarray(theirs)
        tolerance = 1e-3 if theirs.dtype.itemsize == 2 else 1e-4
        part = theirs.astype(np.float32)
        if ours.size and part.size % ours.size == 0:
            part = part.reshape(-1)[:ours.size]
        apart = difference(ours, part)
        if not apart <= tolerance:
            return 'WRONG', f'{ours.shape}, expected {theirs.shape}: {apart:.1e}'
    return 'ok', ''


def run(only, log):
    folder = sources()
    sys.path.insert(0, folder)
    sys.argv = sys.argv[:1]
    os.chdir(folder)
    os.environ.update(TF2ONNX_SKIP_TFLITE_TESTS='True', TF2ONNX_SKIP_TFJS_TESTS='True')
    # The tests ask for its version only.
    sys.modules['onnxruntime'] = types.SimpleNamespace(__version__='1.23.0')
    from backend_test_base import Tf2OnnxBackendTestBase
    results, importer = Results(log), Importer()

    def run_test_case(self, func, feed_dict, inputs, outputs, as_session=False, premade_placeholders=False, large_model=False, **_):
        from tf2onnx.tf_loader import tf_reset_default_graph
        tf_reset_default_graph()
        expected, definition, _ = self.freeze_and_run_tf(func, feed_dict, outputs, as_session, premade_placeholders, large_model)
        results.add(self._testMethodName, *importer.judge(definition, feed_dict, outputs, expected))

    Tf2OnnxBackendTestBase.run_test_case = run_test_case
    import test_backend
    suite = unittest.TestSuite(
        test for test in unittest.defaultTestLoader.loadTestsFromModule(test_backend)._tests[0] if re.search(only, test._testMethodName)
    )
    with open(os.devnull, 'w') as nowhere:
        outcome = unittest.TextTestRunner(stream=nowhere).run(suite)
    importer.close()
    for test, trace in [*outcome.errors, *outcome.failures]:
        results.add(test._testMethodName, 'not built', trace.strip().splitlines()[-1][:200])
    log(f'{outcome.testsRun} tests, {len(outcome.skipped)} skipped by themselves; graphs: ' + ', '.join(f'{count} {kind}' for kind, count in sorted(results.kinds.items())))
    return results.kinds['WRONG'] == 0
