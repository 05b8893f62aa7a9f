import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { refused } from './command.js';
import { network, quantizedNetwork } from './quantized.js';

const { folder, path, xfdnn } = quantizedNetwork();
const words = ['export', 'kit', ...network, '--scaling', 'q.json', '--quiet'];

test('export says what it wrote, and writes nothing outside its folder', () => {
  const before = readdirSync(folder).sort();
  const { code, output, error } = xfdnn(...words, '--images', 'images', '--image_count', '1', '--trace', 'conv1:0,1,2');
  assert.equal([code, error], [0, '']);
  assert.match(
    output,
    /^kit: 3 layers of overlay v2, golden codes of 1 image, \d+ files; network\.json lists them\.\n$/,
  );
  assert.equal(
    readdirSync(folder).filter((name) => !before.includes(name) && name !== 'temporary'),
    ['kit'],
  );
  assert.ok(existsSync(path('kit/traces.json')));
});

test('more images than there are is a note; what is required is said where it is', () => {
  const loud = words.slice(0, -1);
  const { code, error } = xfdnn(...loud, '--images', 'images', '--image_count', '100000');
  assert.is(code, 0);
  assert.match(error, /^note: --image_count asks for 100000 images; there are 4, and all are taken\.$/m);
  assert.match(xfdnn('check', '--help').output, /--deploy_model <file> +Caffe deploy prototxt/);
  assert.match(xfdnn('verify', '--help').output, /--deploy_model <file> +\(required\) Caffe/);
});

test('what export refuses', () => {
  refused(folder, ['export', ...network, '--scaling', 'q.json'], 2, /^<folder>: expected this argument, got none\./);
  refused(folder, words, 2, /^--images: expected a folder of images, got none\./);
  refused(folder, [...words, '--images', 'images', '--trace', 'conv1'], 2, /^--trace: expected layer:channel,y,x/);
});

test('a folder with other files is refused before any work; a former export is written again', () => {
  const images = ['--images', 'images', '--image_count', '1'];
  const line =
    /^src: expected a new folder, an empty one or a former export, got one that holds "a\.c" and 1 more\. Name another folder, or pass --force/;
  mkdirSync(path('src/lib'), { recursive: true });
  writeFileSync(path('src/a.c'), '');
  const into = (name: string, ...more: string[]): string[] => ['export', name, ...words.slice(2), ...images, ...more];
  refused(folder, into('src'), 2, line);
  writeFileSync(path('src/network.json'), '{"format": "another"}');
  refused(folder, into('src'), 2, /"a\.c" and 2 more/);
  assert.is(xfdnn(...into('src', '--force')).code, 0);
  assert.ok(existsSync(path('src/a.c')));
  assert.is(xfdnn(...into('kit')).code, 0, 'a former export');
  mkdirSync(path('empty'));
  writeFileSync(path('empty/.DS_Store'), '');
  assert.is(xfdnn(...into('empty')).code, 0);
});

test.run();
