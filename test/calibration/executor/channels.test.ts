import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { channelCounts, channelLayout, channelRange, mergeRanges } from '../../../src/calibration/executor/channels.js';
import { createEngine } from '../../../src/kernels/engine.js';
import { elements } from '../../../src/tensor.js';
import { Random } from '../../fixed/random.js';

const engine = await createEngine();
const random = new Random(11);
const shapes = [
  { shape: [1, 5, 3, 4], layout: 'NCHW' },
  { shape: [1, 3, 4, 6], layout: 'NHWC' },
  { shape: [1, 7], layout: 'NCHW' },
  { shape: [1, 1, 9, 1], layout: 'NHWC' },
] as const;

/** The channel of an element, by its coordinates. */
function channelOf(index: number, { shape, layout }: (typeof shapes)[number]): number {
  const channels = layout === 'NHWC' ? (shape[3] ?? 1) : shape[1];
  return layout === 'NHWC' ? index % channels : Math.floor(index / (elements(shape) / channels));
}

/** Images on the heap. */
function images(count: number, size: number): { values: Float32Array[]; visit: (use: (at: number) => void) => void } {
  const values = Array.from({ length: count }, () =>
    Float32Array.from({ length: size }, () => (random.whole(4) === 0 ? 0 : random.float(-6, 3))),
  );
  return {
    values,
    visit(use) {
      for (const image of values) {
        const at = engine.heap.alloc(size * 4);
        engine.heap.f32(at, size).set(image);
        use(at);
        engine.heap.free(at);
      }
    },
  };
}

for (const value of shapes) {
  test(`${value.shape} ${value.layout}: ranges and counts of each channel are those of its elements`, () => {
    const layout = channelLayout(value);
    const { values, visit } = images(3, elements(value.shape));
    const range = channelRange(engine, layout, visit);
    const [low, width, bins] = [-8, 0.25, 64];
    const counts = channelCounts(engine, layout, { low, width, bins }, visit);
    const expected = new Uint32Array(layout.channels * bins);
    for (let c = 0; c < layout.channels; c++) {
      const own = values.flatMap((image) => [...image].filter((_, index) => channelOf(index, value) === c));
      assert.is(range.lows[c], Math.min(...own));
      assert.is(range.highs[c], Math.max(...own));
      for (const each of own)
        if (each !== 0) expected[c * bins + Math.min(bins - 1, Math.trunc((each - low) / width))]!++;
    }
    assert.equal(counts, expected);
  });

  test(`${value.shape} ${value.layout}: ranges of two parts are those of the whole`, () => {
    const layout = channelLayout(value);
    const { values, visit } = images(2, elements(value.shape));
    const [first, second] = [0, 1].map((i) =>
      channelRange(engine, layout, (use) => {
        let index = 0;
        visit((at) => index++ === i && use(at));
      }),
    );
    assert.is(values.length, 2);
    assert.equal(mergeRanges(first!, second!), channelRange(engine, layout, visit));
  });
}

test('values of too many channels, or with elements on both sides of them, count as one channel', () => {
  const one = (count: number) => ({ channels: 1, pixels: count, channelStride: count, pixelStride: 1 });
  assert.equal(channelLayout({ shape: [1, 5000], layout: 'NCHW' }), one(5000));
  assert.equal(channelLayout({ shape: [2, 3, 4, 5], layout: 'NCHW' }), one(120));
  assert.equal(channelLayout({ shape: [], layout: 'NCHW' }), one(1));
});

test.run();
