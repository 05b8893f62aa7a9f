"""What the judges share: a virtual environment of their own, the command under test, and a log.

A judge runs a package that does the same work as this project (TensorFlow, OpenCV, Pillow) and compares. Its packages
are installed from PyPI into dist/judges/NAME. Where they are not to be had the judge says so and ends with 0.
"""
import os
import re
import subprocess
import sys
import time

sys.dont_write_bytecode = True
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SHARED = os.path.join(os.path.dirname(ROOT), 'shared')
COMMAND = ['node', os.path.join(ROOT, 'bin', 'xfdnn.js')]


def skip(name, reason):
    print(f'skipped: {name}: {reason}')
    sys.exit(0)


def environment(name, *requirements):
    """Runs the script again under the Python of dist/judges/NAME, which it makes first where it is not there."""
    folder = os.path.join(ROOT, 'dist', 'judges', name)
    python = os.path.join(folder, 'bin', 'python')
    if os.path.realpath(sys.prefix) == os.path.realpath(folder):
        return
    stamp = os.path.join(folder, 'installed')
    wanted = '\n'.join(requirements)
    if not os.path.exists(stamp) or open(stamp).read() != wanted:
        if subprocess.run([sys.executable, '-m', 'venv', folder], capture_output=True).returncode != 0:
            skip(name, 'Python has no venv here')
        if subprocess.run([python, '-m', 'pip', 'install', '-q', '--disable-pip-version-check', *requirements]).returncode != 0:
            skip(name, f"{', '.join(requirements)} cannot be installed here")
        with open(stamp, 'w') as file:
            file.write(wanted)
    os.execv(python, [python, *sys.argv])


def xfdnn(*arguments, cwd=None, seconds=1800):
    """Exit code and all that the command printed."""
    try:
        done = subprocess.run([*COMMAND, *map(str, arguments)], cwd=cwd, capture_output=True, text=True, timeout=seconds)
    except subprocess.TimeoutExpired:
        return -1, f'no end after {seconds} seconds'
    return done.returncode, (done.stdout + done.stderr).strip()


def why(text):
    """The line that says what is wrong, without folders."""
    lines = [line for line in text.splitlines() if line and not line.startswith(('warning', 'note'))]
    last = re.sub(r'(^|\s)/\S*/', r'\1', lines[-1]) if lines else 'no message'
    return last if len(last) < 300 else last[:300] + ' ...'


class Log:
    """Lines to the screen and, with a path, to a file that is rewritten as a whole by every run."""

    def __init__(self, path):
        self.file = open(path, 'w') if path else None
        self.started = time.time()

    def __call__(self, line):
        for out in (sys.stdout, self.file):
            if out is not None:
                print(line, file=out, flush=True)


def difference(got, expected):
    """The largest difference, as a part of the largest expected value."""
    import numpy as np
    if got.size != expected.size:
        return float('inf')
    got, expected = np.asarray(got, np.float64).ravel(), np.asarray(expected, np.float64).ravel()
    same = (got == expected) | (np.isnan(got) & np.isnan(expected))
    apart = np.abs(np.subtract(got, expected, out=np.zeros_like(got), where=~same))
    finite = np.abs(expected[np.isfinite(expected)])
    most = float(finite.max()) if finite.size else 1.0
    worst = float(apart.max()) if apart.size else 0.0
    return float('inf') if np.isnan(worst) else worst / (most or 1.0)


def written(text):
    """The files that `xfdnn run` says it has written, in the order of its outputs."""
    return re.findall(r': (\S.*\.npy)$', text, re.M)
