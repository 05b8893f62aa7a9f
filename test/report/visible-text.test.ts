import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { XfdnnError } from '../../src/error.js';
import { blobsText } from '../../src/report/blobs.js';
import { checkText } from '../../src/report/check.js';
import { jsonText } from '../../src/report/json.js';
import { table } from '../../src/report/table.js';
import { visibleText } from '../../src/report/visible-text.js';
import { fault } from '../../src/scaling-file/fault.js';

const evil = '\u001b]0;PWNED\u0007\u001b[31mconv\n0 faults\u202e\u009b2J';
const shown = '\\u001b]0;PWNED\\u0007\\u001b[31mconv\\u000a0 faults\\u202e\\u009b2J';

test('control characters of names are shown, at any depth; numbers and arrays stay', () => {
  const data = Float32Array.of(1);
  assert.equal(visibleText({ a: [evil, { b: evil }], c: 1, d: null, data }), {
    a: [shown, { b: shown }],
    c: 1,
    d: null,
    data,
  });
  assert.is(visibleText('größe 漢字'), 'größe 漢字');
});

test('a name cannot forge a line or command the terminal', () => {
  const texts = [
    table(['layer'], [[evil]]),
    blobsText([{ name: evil, path: evil, shape: [1] }]),
    checkText({ overlay: 'v2', entries: 1, faults: [fault(evil, 'scale', 'is wrong.')], fixed: 0 }, evil),
    new XfdnnError('model', evil, evil, evil).message,
  ];
  for (const text of texts) {
    assert.ok(text.includes(shown), text);
    assert.not.match(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    assert.not.match(text, /^0 faults/m);
  }
  assert.is(JSON.parse(jsonText({ evil })).evil, evil);
  assert.not.match(jsonText({ evil }), /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
});

test('a message has a length', () => {
  assert.ok(new XfdnnError('model', 'x'.repeat(1e6), 'y'.repeat(1e6)).message.length < 5000);
});

test.run();
