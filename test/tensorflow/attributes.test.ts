import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { attributeOf, isKnownAttribute } from '../../src/tensorflow/attributes.js';
import { root } from '../support.js';
import { throws } from '../throws.js';

const node = (attrs: Record<string, unknown>) => ({ name: 'n', op: 'Conv2D', attrs });

test('the kind of every attribute that is read is known', () => {
  const unknown = ['src/ops', 'src/tensorflow'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => {
        const text = readFileSync(join(root, folder, file), 'utf8');
        const names = [...text.matchAll(/\.attr\('(\w+)'\)|attributeOf\(\w+, '(\w+)'\)/g)].map(
          (found) => found[1] ?? found[2]!,
        );
        return names.filter((name) => !isKnownAttribute(name)).map((name) => `${folder}/${file}: ${name}`);
      }),
  );
  assert.equal(unknown, []);
});

test('an attribute has its kind, or is named with its node', () => {
  assert.equal(attributeOf(node({ strides: [1, 2, 2, 1] }), 'strides'), [1, 2, 2, 1]);
  assert.is(attributeOf(node({}), 'data_format'), undefined);
  throws(() => attributeOf(node({}), 'strides'), /^node "n" \(Conv2D\): expected an attribute strides, got none\./);
  throws(
    () => attributeOf(node({ strides: [1, 0.5] }), 'strides'),
    /expected a list of whole numbers as attribute strides, got \[1,0\.5\]\.$/,
  );
  throws(
    () => attributeOf(node({ data_format: 3 }), 'data_format'),
    /expected a word as attribute data_format, got 3\.$/,
  );
  throws(
    () => attributeOf(node({ shape: 'x'.repeat(1000) }), 'shape'),
    /expected a shape as attribute shape, got "x{59}\.\.\.\.$/,
  );
});

test('names that every object has are no attributes', () => {
  for (const name of ['toString', 'constructor', '__proto__']) assert.is(attributeOf(node({}), name), undefined);
});

test.run();
