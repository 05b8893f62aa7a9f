import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decompose, type ScalingEntry } from '../../src/scaling/index.js';
import { checkScaling, fixScaling } from '../../src/scaling-file/check.js';
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

test("the reference's triples of a v2 Scale are a warning, and made finer by the repair", () => {
  const row = { preMax: 0, scaleBits: 8, postMax: 8 };
  const coarse = changed(sample(), 'conv1', ({ th_layer_in, th_layer_out, th_params }) => {
    const triples = th_params!.map((th) =>
      decompose(
        Math.fround(
          Math.fround(Math.fround(th_layer_in / 127) * Math.fround(th / 127)) / Math.fround(th_layer_out / 127),
        ),
        row,
      ),
    );
    return {
      prescale_shift: triples.map((t) => t.prescale_shift),
      scale: triples.map((t) => t.scale),
      postscale_shift: triples.map((t) => t.postscale_shift),
    };
  });
  assert.equal(
    checkScaling(coarse, { overlay: 'v2' }).map(({ entry, severity }) => [entry, severity]),
    [['conv1', 'warning']],
  );
  assert.equal(fixScaling(coarse, { overlay: 'v2' }), sample());
});

test.run();
