import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Emulator } from '../../../src/emulator/emulator.js';
import { type BitWidth, CODES, type Grid } from '../../../src/fixed/grid.js';
import { avgPool } from '../../../src/fixed/index.js';
import type { Graph } from '../../../src/graph/graph.js';
import { createEngine } from '../../../src/kernels/engine.js';
import { decompose, OVERLAYS, type Overlay, type ScalingEntry } from '../../../src/scaling/index.js';
import type { Layout } from '../../../src/tensor.js';
import { Random } from '../../fixed/random.js';

const [CHANNELS, SIZE, KERNEL] = [5, 9, 4];
const OUT = 3;
const random = new Random(9);

/** An average pooling with padding, whose windows the border clips, in one layout. */
function poolingIn(layout: Layout): Graph {
  const shape = (size: number): number[] => (layout === 'NCHW' ? [1, CHANNELS, size, size] : [1, size, size, CHANNELS]);
  const value = (id: number, blob: string, size: number) => ({ id, blob, version: 0, shape: shape(size), layout });
  const node = { type: '', where: '', params: [] };
  const attrs = {
    operation: 'average',
    kernel: [KERNEL, KERNEL],
    stride: [3, 3],
    pad: [1, 1, 1, 1],
    count: 'padded',
    ceil: true,
    layout,
  };
  return {
    name: 'pooling',
    nodes: [
      { ...node, name: 'data', op: 'input', attrs: {}, inputs: [], outputs: [0] },
      { ...node, name: 'pool', type: 'Pooling', op: 'pooling', attrs, inputs: [0], outputs: [1] },
      {
        ...node,
        name: 'again',
        type: 'Pooling',
        op: 'pooling',
        attrs: { ...attrs, kernel: [1, 1], stride: [1, 1], pad: [0, 0, 0, 0] },
        inputs: [1],
        outputs: [2],
      },
    ],
    values: [value(0, 'data', SIZE), value(1, 'pool', OUT), value(2, 'again', OUT)],
    inputs: [0],
    outputs: [1],
    names: {},
  };
}

const offset = (layout: Layout, size: number, c: number, y: number, x: number): number =>
  layout === 'NCHW' ? (c * size + y) * size + x : (y * size + x) * CHANNELS + c;

/** The sum of the codes in a window, without padding. */
function windowSum(layout: Layout, codes: ArrayLike<number>, c: number, oy: number, ox: number): number {
  let sum = 0;
  for (let y = Math.max(0, 3 * oy - 1); y < Math.min(SIZE, 3 * oy - 1 + KERNEL); y++)
    for (let x = Math.max(0, 3 * ox - 1); x < Math.min(SIZE, 3 * ox - 1 + KERNEL); x++)
      sum += codes[offset(layout, SIZE, c, y, x)]!;
  return sum;
}

const grids = (input: Grid, output: Grid) => ({
  bw_layer_in: input.bits,
  bw_layer_out: output.bits,
  th_layer_in: input.threshold,
  th_layer_out: output.threshold,
});

/** Triples of a pooling that differ from channel to channel. */
function entryOf(input: Grid, output: Grid): ScalingEntry {
  const each = (value: () => number): number[] => Array.from({ length: CHANNELS }, value);
  return {
    name: 'pool',
    ...grids(input, output),
    sf_layer_in: 0,
    sf_layer_out: 0,
    prescale_shift: each(() => 0),
    scale: each(() => 1 + random.whole(255)),
    postscale_shift: each(() => 8 + random.whole(6)),
  };
}

/** `avgPool` of every window, and the codes that the emulator gives for random codes of the input. */
async function check(
  layout: Layout,
  overlay: Overlay,
  bits: readonly [BitWidth, BitWidth],
  entry: ScalingEntry | undefined,
): Promise<void> {
  const graph = poolingIn(layout);
  const [input, output] = [
    { threshold: 2, bits: bits[0] },
    { threshold: 3, bits: bits[1] },
  ];
  const own = decompose(Math.fround(1 / KERNEL ** 2), overlay.limits.AveragePooling[input.bits]);
  // Where the pooling has no entry, the one behind it puts the input on a grid.
  const behind = { ...entryOf(input, output), name: 'again' };
  const entries =
    entry === undefined ? { again: behind } : { pool: entry, again: { ...behind, ...grids(output, output) } };
  const codes = CODES[input.bits].array.from(
    Array.from({ length: CHANNELS * SIZE * SIZE }, () => random.signed(input.bits - 1)),
  );
  for (const simd of ['wasm', 'twin'] as const) {
    const emulator = new Emulator(await createEngine({ simd }), graph, new Map(Object.entries(entries)), overlay);
    const { placement, tensor } = emulator.runNode(1, [codes]).get(1)!;
    assert.equal(placement, { kind: 'codes', grid: entry === undefined ? input : output });
    for (let c = 0; c < CHANNELS; c++) {
      const [scale, shift] =
        entry === undefined ? [own.scale, own.postscale_shift] : [entry.scale[c]!, entry.postscale_shift[c]!];
      for (let y = 0; y < OUT; y++) {
        for (let x = 0; x < OUT; x++) {
          const wanted = avgPool(windowSum(layout, codes, c, y, x), scale, shift, placement.grid!.bits);
          assert.is(tensor.data[offset(layout, OUT, c, y, x)], wanted, `${simd} ${layout} ${bits} ${c},${y},${x}`);
        }
      }
    }
  }
}

for (const layout of ['NCHW', 'NHWC'] as const) {
  test(`average pooling without an entry is avgPool of each window with 1 / area, ${layout}`, async () => {
    for (const overlay of OVERLAYS)
      for (const bits of [8, 16] as const) await check(layout, overlay, [bits, bits], undefined);
  });

  test(`average pooling with an entry is avgPool of each window with the channel's triple, ${layout}`, async () => {
    const widths: readonly BitWidth[] = [8, 16];
    for (const overlay of OVERLAYS) {
      for (const from of widths) {
        for (const to of widths)
          await check(layout, overlay, [from, to], entryOf({ threshold: 2, bits: from }, { threshold: 3, bits: to }));
      }
    }
  });
}

test.run();
