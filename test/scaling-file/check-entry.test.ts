import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decompose, limitsOf, multipliersOf, type ScalingEntry } from '../../src/scaling/index.js';
import { checkScaling, fixScaling } from '../../src/scaling-file/check.js';
import { detectOverlay } from '../../src/scaling-file/entry-form.js';
import { rescale } from '../../src/scaling-file/rescale.js';
import { at, changed, faultsOf, places } from './recorded.js';
import { sample } from './samples.js';

test('one broken shift, scale or scale factor is named with its channel, and repaired', () => {
  const cases: [string, (entry: ScalingEntry) => Partial<ScalingEntry>, unknown][] = [
    [
      'conv1',
      ({ prescale_shift }) => ({ prescale_shift: at(prescale_shift, 1, 3) }),
      ['conv1', 'prescale_shift', 1, true],
    ],
    [
      'conv2',
      ({ postscale_shift }) => ({ postscale_shift: at(postscale_shift, 0, postscale_shift[0]! + 1) }),
      ['conv2', 'postscale_shift', 0, true],
    ],
    ['conv2', ({ scale }) => ({ scale: at(scale, 1, scale[1]! - 1) }), ['conv2', 'scale', 1, true]],
    ['sum', ({ scale }) => ({ scale: at(scale, 0, scale[0]! + 1) }), ['sum', 'scale', 0, true]],
    [
      'conv1',
      ({ sf_layer_out }) => ({ sf_layer_out: sf_layer_out * 1.001 }),
      ['conv1', 'sf_layer_out', undefined, true],
    ],
    ['conv1', ({ sf_params }) => ({ sf_params: at(sf_params!, 2, 7) }), ['conv1', 'sf_params', 2, true]],
    ['conv1', ({ sf_params }) => ({ sf_params: sf_params!.slice(1) }), ['conv1', 'sf_params', undefined, true]],
    ['conv2', ({ scale }) => ({ scale: [...scale, 5] }), ['conv2', 'scale', undefined, true]],
  ];
  for (const overlay of ['v2', 'v3'] as const) {
    for (const [name, change, expected] of cases) {
      const broken = changed(sample(overlay), name, change);
      assert.equal(places(faultsOf(broken, { overlay })), [expected]);
      assert.equal(fixScaling(broken, { overlay }), sample(overlay));
    }
  }
});

test('a threshold that scale factor and triples contradict is named, and not taken for the truth', () => {
  const broken = changed(sample(), 'conv1', () => ({ th_layer_out: 55 }));
  assert.equal(places(faultsOf(broken)), [['conv1', 'th_layer_out', undefined, false]]);
  assert.equal(fixScaling(broken), broken);
  const channel = changed(sample(), 'conv1', ({ th_params }) => ({ th_params: at(th_params!, 1, 0.26) }));
  assert.equal(places(faultsOf(channel)), [['conv1', 'th_params', 1, false]]);
});

test('dead channels may be written as release 1.1 did', () => {
  const dead = changed(sample(), 'conv1', ({ th_params, sf_params, scale, prescale_shift, postscale_shift }) => ({
    th_params: at(th_params!, 1, 0),
    sf_params: at(sf_params!, 1, 0),
    scale: at(scale, 1, 0),
    prescale_shift: at(prescale_shift, 1, 0),
    postscale_shift: at(postscale_shift, 1, 7),
  }));
  assert.equal(checkScaling(dead), []);
});

/** A layer of a file as the original wrote it for a Scale: its triples by the row of an Eltwise. */
function coarse(entries: readonly ScalingEntry[], name: string, overlay: 'v2' | 'v3'): ScalingEntry[] {
  return changed(entries, name, (entry) => {
    const row = limitsOf('Eltwise', entry.bw_layer_in, overlay);
    const layer = {
      ...entry,
      form: 'Scale',
      channels: 4,
      area: 1,
      bw_params: entry.bw_params!,
      th_params: entry.th_params!,
    } as const;
    const triples = multipliersOf(layer).map((multiplier) => decompose(multiplier, row));
    return {
      prescale_shift: triples.map((t) => t.prescale_shift),
      scale: triples.map((t) => t.scale),
      postscale_shift: triples.map((t) => t.postscale_shift),
    };
  });
}

test("the reference's triples of a Scale are a warning where the row is another here, and made finer by the repair", () => {
  const wide = rescale(sample('v3'), 'v3', { overlay: 'v3', widths: { input: 16, params: 16, output: 16 } });
  for (const [overlay, fine] of [
    ['v2', sample()],
    ['v3', wide],
  ] as const) {
    const entries = coarse(fine, 'conv1', overlay);
    assert.not.equal(entries, fine);
    const [found, ...others] = checkScaling(entries, { overlay });
    assert.equal([found!.entry, found!.severity, others], ['conv1', 'warning', []]);
    assert.match(
      found!.message,
      /^holds the reference's triples for a Scale: the accumulator is clamped before it is scaled/,
    );
    assert.equal(fixScaling(entries, { overlay }), fine);
    assert.is(detectOverlay(entries), overlay);
  }
  assert.equal(
    checkScaling(coarse(sample('v3'), 'conv1', 'v3'), { overlay: 'v3' }),
    [],
    'v3 at 8 bits has the row of the original',
  );
});

test.run();
