#!/usr/bin/env python3
"""TensorFlow as the judge of this project's importer.

    python3 test/judges/tensorflow/run.py applications [--form tf2|tf1|if] [--only REGEX] [--log FILE]
    python3 test/judges/tensorflow/run.py layers       [--only REGEX] [--log FILE]
    python3 test/judges/tensorflow/run.py onnx         [--only REGEX] [--log FILE]
    python3 test/judges/tensorflow/run.py documentation [--only REGEX] [--log FILE]

applications: every Keras application, frozen by TensorFlow 2, in graph mode with the learning phase left in (Switch and
Merge), and in graph mode under control flow v2 (If): inspected, run, quantized, verified.
layers: every Keras layer by itself, run. onnx: the graphs of tensorflow-onnx's backend tests, inspected and run.
documentation: the programs of docs/tensorflow.md that freeze a model, run as they are written.
"""
import argparse
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from judge import Log, environment

environment('tensorflow', 'tensorflow-cpu==2.21.0', 'tf_keras==2.21.0', 'scipy')

os.environ.update(TF_CPP_MIN_LOG_LEVEL='3', CUDA_VISIBLE_DEVICES='', TF_ENABLE_ONEDNN_OPTS='0', TF_USE_LEGACY_KERAS='0')
os.environ.setdefault('TF_NUM_INTRAOP_THREADS', '1')


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('what', choices=['applications', 'layers', 'onnx', 'documentation'])
    parser.add_argument('--form', choices=['tf2', 'tf1', 'if'])
    parser.add_argument('--only', default='')
    parser.add_argument('--log')
    return parser.parse_args()


def applications(args):
    if args.form is None:
        return all_forms(args)
    import applications as judge
    import freeze
    keras = freeze.prepare(args.form)
    chosen = [name for name in judge.names(keras) if re.search(args.only, name)]
    log = Log(args.log)
    good = sum(judge.judge(args.form, keras, name, log) for name in chosen)
    log(f'{args.form}: {good} of {len(chosen)} applications are inspected, run as TensorFlow runs them, quantized and verified')
    return good == len(chosen)


def all_forms(args):
    """Each form in a process of its own: TensorFlow's modes hold for a process."""
    log, good = Log(args.log), True
    for form in ('tf2', 'tf1', 'if'):
        command = [sys.executable, os.path.abspath(__file__), 'applications', '--form', form, '--only', args.only]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
            for line in process.stdout:
                log(line.rstrip('\n'))
        good = good and process.returncode == 0
    return good


def main():
    args = arguments()
    if args.what == 'applications':
        return applications(args)
    module = __import__('onnx_backend' if args.what == 'onnx' else args.what)
    return module.run(args.only, Log(args.log))


if __name__ == '__main__':
    sys.exit(0 if main() else 1)
