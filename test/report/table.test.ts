import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { table } from '../../src/report/table.js';

test('columns are as wide as their widest cell; columns of numbers are aligned to the right', () => {
  const rows = [
    ['conv1', '1,024', '-'],
    ['a', '7', '1.5e-7'],
  ];
  assert.equal(table(['layer', 'MACs', 'error'], rows).split('\n'), [
    'layer   MACs   error',
    '-----  -----  ------',
    'conv1  1,024       -',
    'a          7  1.5e-7',
  ]);
});

test('a column with a word is text, and no line ends with blanks', () => {
  assert.equal(
    table(
      ['bits', 'name'],
      [
        ['8', 'a'],
        ['host', 'bcdefg'],
      ],
    ).split('\n'),
    ['bits  name', '----  ------', '8     a', 'host  bcdefg'],
  );
});

test('a table without rows is its head', () => assert.is(table(['a', 'bc'], []), 'a  bc\n-  --'));

test.run();
