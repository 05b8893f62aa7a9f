import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { changed, faultsOf, places } from './recorded.js';
import { sample } from './samples.js';

test('widths and thresholds that cannot be are named', () => {
  const broken = changed(
    changed(sample(), 'conv1', () => ({ bw_params: 7 })),
    'sum',
    () => ({ th_layer_in: -1 }),
  );
  assert.equal(places(faultsOf(broken)), [
    ['conv1', 'bw_params', undefined, false],
    ['sum', 'th_layer_in', undefined, false],
  ]);
  assert.equal(places(faultsOf([...sample(), sample()[0]!])), [['conv1', 'name', undefined, false]]);
});

test.run();
