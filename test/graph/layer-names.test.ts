import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { matchNames } from '../../src/graph/layer-names.js';
import { throws } from '../throws.js';

const names = ['conv1', 'conv2', 'fire2/squeeze1x1', 'fire2/expand3x3', 'a.b', 'pool'];

test('names match as they are, * any characters and ? one', () => {
  assert.equal(matchNames('--flag', ['conv1', 'fire*', 'conv?', 'a.b', '*'], names), [
    ['conv1'],
    ['fire2/squeeze1x1', 'fire2/expand3x3'],
    ['conv1', 'conv2'],
    ['a.b'],
    names,
  ]);
  throws(() => matchNames('--flag', ['a?b?'], names), /got "a\?b\?", which matches none/);
});

test('a pattern that matches nothing is an error that lists near names', () => {
  const message = (pattern: string): RegExp => {
    const quoted = pattern.replace(/[*?]/g, '\\$&');
    return new RegExp(`^--flag: expected names of layers, got "${quoted}", which matches none\\.`);
  };
  for (const pattern of ['cnv1', 'Conv1', 'zzzzzz', '*squeeze'])
    throws(() => matchNames('--flag', [pattern], names), message(pattern));
  throws(
    () => matchNames('--flag', ['cnv1'], names),
    / Near it are "conv1", "conv2"; xfdnn inspect lists the layers\.$/,
  );
  throws(() => matchNames('--flag', ['squeeze'], names), / Near it are "fire2\/squeeze1x1"; /);
  throws(() => matchNames('--flag', ['zzzzzz'], names), /matches none\. xfdnn inspect lists the layers\.$/);
});

test.run();
