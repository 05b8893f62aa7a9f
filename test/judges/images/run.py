#!/usr/bin/env python3
"""Pillow, with libpng and libjpeg-turbo inside, as the judge of this project's image decoders.

    python3 test/judges/images/run.py [--only REGEX] [--log FILE]

The images are those of Debian's source packages of libpng (PngSuite and its own test images), libjpeg-turbo and Pillow, and
those of ../shared. A file that Pillow reads is read, PNG exactly, JPEG within the levels that the README states.
"""
import argparse
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

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from judge import ROOT, SHARED, Log, environment, skip

environment('images', 'pillow==13.0.0', 'numpy')

import numpy as np
from PIL import Image

Image.MAX_IMAGE_PIXELS = None
PACKAGES = ('libpng1.6', 'libjpeg-turbo', 'pillow')
LEVELS = {'JPEG': 3, 'CMYK': 4}
# Refused here, read by Pillow: why that is right.
KNOWN = {
    'badcrc.png': 'libpng refuses it too (IDAT: CRC error); Pillow reads the chunks of a PNG itself',
    'huge_IDAT.png': 'libpng refuses it too (Read Error); Pillow reads the chunks of a PNG itself',
    'hopper_bad_exif.jpg': 'libjpeg gives noise and warns of corrupt data',
}


def sources():
    """The folder of the unpacked source packages."""
    folder = os.path.join(ROOT, 'dist', 'judges', 'sources')
    def are_there():
        return all(glob.glob(f'{folder}/{package}*.orig.tar.*') for package in PACKAGES)

    if are_there():
        return folder
    system = '/etc/apt/sources.list.d/debian.sources'
    if shutil.which('apt-get') is None or not os.path.exists(system):
        skip('images', "Debian's source packages are not to be had here")
    os.makedirs(f'{folder}/lists/partial', exist_ok=True)
    with open(system) as binary, open(f'{folder}/source.sources', 'w') as file:
        file.write(re.sub(r'^Types:.*$', 'Types: deb-src', binary.read(), flags=re.M))
    options = [f'Dir::Etc::sourcelist={folder}/source.sources', 'Dir::Etc::sourceparts=/nonexistent', f'Dir::State::lists={folder}/lists']
    apt = ['apt-get', '-qq', *(word for option in options for word in ('-o', option))]
    for command in (['update'], ['--download-only', 'source', *PACKAGES]):
        subprocess.run([*apt, *command], cwd=folder)
    # A patch of Debian's own may be missing; the images are in the original archives.
    return folder if are_there() else skip('images', "Debian's source packages are not to be had here")


def images(scratch):
    """Suite, name and path of each image."""
    for archive in sorted(glob.glob(f'{sources()}/*.orig.tar.*')):
        target = os.path.join(scratch, os.path.basename(archive).split('_')[0])
        with tarfile.open(archive) as packed:
            wanted = [member for member in packed.getmembers() if re.search(r'\.(png|jpe?g)$', member.name, re.I)]
            packed.extractall(target, wanted, filter='data')
        for member in wanted:
            yield os.path.basename(target), member.name.split('/', 1)[1], os.path.join(target, member.name)
    for path in sorted(glob.glob(f'{SHARED}/models/images/*.*g')):
        yield 'shared', os.path.basename(path), path


def judge(path):
    """Pillow's pixels as 0 to 255 without alpha, H x W x C, and the levels of tolerance; or what it says."""
    try:
        with Image.open(path) as image:
            if image.format not in ('PNG', 'JPEG', 'MPO'):
                return f'is a {image.format}'
            levels = 0 if image.format == 'PNG' else LEVELS['CMYK' if image.mode == 'CMYK' else 'JPEG']
            image.load()
            if image.mode in ('I', 'I;16', 'I;16B'):
                return np.asarray(image).astype(np.float64)[..., None] / 257, 1
            plain = image.convert('RGBA' if image.format == 'PNG' else 'RGB')
            # Colours of 16 bits come as their upper 8.
            return np.asarray(plain).astype(np.float64)[..., :3], levels + (1 if levels == 0 else 0)
    except Exception as error:  # noqa: BLE001 - any refusal counts
        return f'{type(error).__name__}: {error}'


def compare(answer, expected):
    """The kind of result, and a detail."""
    if isinstance(expected, str):
        return ('both refuse', '') if 'refused' in answer else ('read here only', expected)
    if 'refused' in answer:
        kind = 'arithmetic' if 'arithmetic' in answer['refused'] else 'CRASH' if 'CRASH' in answer['refused'] else 'REFUSED'
        return kind, answer['refused'].splitlines()[0]
    pixels, levels = expected
    mine = np.fromfile(answer['values'], np.float32).reshape(answer['shape']).astype(np.float64) * 255
    if mine.shape[:2] != pixels.shape[:2]:
        return 'DIFFERENT', f'{mine.shape}, expected {pixels.shape}'
    apart = np.abs(mine - pixels).max()
    return ('same', '') if apart <= levels + 1e-3 else ('DIFFERENT', f'by {apart:.1f} levels')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--only', default='')
    parser.add_argument('--log')
    args = parser.parse_args()
    log, scratch = Log(args.log), tempfile.mkdtemp(prefix='xfdnn-judge-')
    decoder = [os.path.join(os.path.dirname(os.path.abspath(__file__)), 'decode.mjs'), scratch]
    counts = collections.defaultdict(collections.Counter)
    with subprocess.Popen(['node', *decoder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        for suite, name, path in images(scratch):
            if not re.search(args.only, name):
                continue
            print(path, file=process.stdin, flush=True)
            kind, detail = compare(json.loads(process.stdout.readline()), judge(path))
            known = KNOWN.get(os.path.basename(name)) if kind == 'REFUSED' else None
            kind, detail = ('rightly refused', known) if known else (kind, detail)
            counts[suite][kind] += 1
            if kind not in ('same', 'both refuse'):
                log(f'{suite:14} {name:56} {kind:16} {detail}')
        process.stdin.close()
    shutil.rmtree(scratch)
    for suite, kinds in counts.items():
        log(f'{suite}: ' + ', '.join(f'{count} {kind}' for kind, count in sorted(kinds.items())))
    return not any(kinds[bad] for kinds in counts.values() for bad in ('REFUSED', 'DIFFERENT', 'CRASH'))


if __name__ == '__main__':
    sys.exit(0 if main() else 1)
