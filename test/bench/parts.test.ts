import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadCaffe } from '../../src/caffe/index.js';
import { decodeImage } from '../../src/images/decode.js';
import { scratchFolder } from '../scratch.js';

/** A module of the bench, which is a package of its own: what needs no peers is held to its duty here. */
const bench = (path: string): Promise<any> => import(new URL(`../../../bench/${path}`, import.meta.url).href);

test('the grid forward computes the codes that the calibration stores', async () => {
  const { tasks } = await bench('our-tasks.js');
  const memory = new Map();
  await tasks.open(memory, { form: 'grid', network: 'squeezenet', simd: 'wasm' });
  await tasks.check(memory);
});

test('a caffemodel that the bench writes holds the weights it was given', async () => {
  const { networks, unfoldedGraph } = await bench('networks/index.js');
  const { writeCaffemodel } = await bench('formats/caffemodel.js');
  const folder = scratchFolder();
  const expected = unfoldedGraph('mobilenet');
  writeCaffemodel(join(folder, 'weights'), expected);
  const { prototxt, outputs } = networks.mobilenet;
  const read = loadCaffe({
    prototxt: prototxt(),
    weights: readFileSync(join(folder, 'weights')),
    outputLayers: outputs,
  });
  rmSync(folder, { recursive: true });
  assert.equal(
    read.nodes.map(({ params }) => params),
    expected.nodes.map(({ params }: any) => params),
  );
});

test('a JPEG that the bench writes decodes to what was drawn', async () => {
  const { writeJpeg } = await bench('formats/jpeg.js');
  const gray = (x: number, y: number): number => Math.round(90 * Math.sin(x / 9) * Math.cos(y / 7));
  const { width, height, data } = await decodeImage(
    writeJpeg(48, 32, (component: number, x: number, y: number) => (component === 0 ? gray(x, y) : 0)),
    'drawn.jpg',
  );
  assert.equal([width, height], [48, 32]);
  const worst = Math.max(
    ...Array.from(data, (value, i) => Math.abs(value - 128 - gray(Math.floor(i / 3) % 48, Math.floor(i / 144)))),
  );
  assert.ok(worst <= 12, `a pixel is off by ${worst}`);
});

test.run();
