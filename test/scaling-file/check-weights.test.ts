import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkScaling } from '../../src/scaling-file/check.js';
import { testShared } from '../support.js';
import { at, changed, entriesOf, graphOf } from './recorded.js';

testShared('against the network: a bias that overlay v3 cannot hold is a warning', async () => {
  const graph = await graphOf('e-tiny-v3');
  const node = graph.nodes.find(({ name }) => name === 'conv1')!;
  const weights = node.params[0]!.data.slice();
  weights.fill(0, 0, weights.length / node.params[0]!.shape[0]!);
  const bias = node.params[1]!.data.slice();
  bias[0] = 3;
  const dead = {
    ...node,
    params: [
      { ...node.params[0]!, data: weights },
      { ...node.params[1]!, data: bias },
    ],
  };
  const entries = changed(entriesOf('e-tiny-v3'), 'conv1', (entry) => ({
    th_params: at(entry.th_params!, 0, 0),
    sf_params: at(entry.sf_params!, 0, 0),
    scale: at(entry.scale, 0, 0),
    postscale_shift: at(entry.postscale_shift, 0, 0),
  }));
  const found = checkScaling(entries, {
    graph: { ...graph, nodes: graph.nodes.map((other) => (other === node ? dead : other)) },
  });
  assert.equal(
    found.map(({ entry, key, channel, severity }) => [entry, key, channel, severity]),
    [['conv1', 'th_params', 0, 'warning']],
  );
  assert.match(found[0]!.message, /all zero that overlay v3 loses the bias 3/);
});

test.run();
