import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ScalingEntry } from '../../src/scaling/index.js';
import { checkScaling, fixScaling } from '../../src/scaling-file/check.js';
import { testShared } from '../support.js';
import { at, changed, entriesOf, faultsOf, graphOf, places } from './recorded.js';

testShared(
  'against the network: a missing layer, a strange one, a wrong channel count, a wrong threshold',
  async () => {
    const graph = await graphOf('c-residual');
    const entries = entriesOf('c-residual');
    const weighted = entries.filter(({ th_params }) => th_params !== undefined);
    const [first, second] = weighted as [ScalingEntry, ScalingEntry];
    assert.equal(
      places(
        faultsOf(
          entries.filter(({ name }) => name !== second.name),
          { graph },
        ),
      ),
      [[second.name, 'name', undefined, false]],
    );
    assert.equal(
      places(
        faultsOf(
          changed(entries, first.name, () => ({ name: 'nobody' })),
          { graph },
        ),
      ),
      [
        [first.name, 'name', undefined, false],
        ['nobody', 'name', undefined, false],
      ],
    );
    const lists = ['th_params', 'sf_params', 'prescale_shift', 'scale', 'postscale_shift'] as const;
    const shorter = changed(entries, first.name, (entry) =>
      Object.fromEntries(lists.map((key) => [key, entry[key]!.slice(1)])),
    );
    assert.equal(places(faultsOf(shorter, { graph })), [[first.name, 'th_params', undefined, false]]);
    const rescaled = changed(entries, first.name, ({ th_params, sf_params, ...rest }) => {
      const [th, sf] = [at(th_params!, 2, th_params![2]! / 4), at(sf_params!, 2, sf_params![2]! / 4)];
      return { th_params: th, sf_params: sf, prescale_shift: at(rest.prescale_shift, 2, rest.prescale_shift[2]! + 2) };
    });
    assert.equal(places(faultsOf(rescaled, { graph })), [[first.name, 'th_params', 2, false]]);
  },
);

testShared(
  'against the network: swapped layers are named, whether their places or their contents were swapped',
  async () => {
    const graph = await graphOf('a-tiny');
    const [conv1, conv2] = entriesOf('a-tiny') as [ScalingEntry, ScalingEntry];
    const moved = faultsOf([conv2, conv1], { graph });
    assert.equal(places(moved), [['conv1', 'name', undefined, true]]);
    assert.match(moved[0]!.message, /before that of "conv2"/);
    assert.equal(fixScaling([conv2, conv1], { graph }), [conv1, conv2]);
    const exchanged = faultsOf(
      [
        { ...conv2, name: 'conv1' },
        { ...conv1, name: 'conv2' },
      ],
      { graph },
    );
    for (const [name, other] of [
      ['conv1', 'conv2'],
      ['conv2', 'conv1'],
    ] as const) {
      const found = exchanged.find(({ entry, message }) => entry === name && message.includes('swapped'));
      assert.match(found!.message, new RegExp(`those of layer "${other}"; these two entries are swapped`));
    }
  },
);

testShared('against the network: what is rescaled and what v3 has no entry for are warnings', async () => {
  const warnings = checkScaling(entriesOf('c-residual'), { graph: await graphOf('c-residual') });
  assert.equal(
    warnings.map(({ entry, key, severity }) => [entry, key, severity]),
    [
      ['res1', 'th_layer_in', 'warning'],
      ['res2', 'th_layer_in', 'warning'],
    ],
  );
  const v3 = entriesOf('l-avepool-v3').filter(({ name }) => name !== 'pool5');
  const missing = checkScaling(v3, { graph: await graphOf('l-avepool-v3') });
  assert.equal(
    missing.map(({ entry, severity }) => [entry, severity]),
    [['pool5', 'warning']],
  );
});

test.run();
