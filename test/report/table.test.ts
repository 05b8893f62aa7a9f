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

test('names are shortened in the middle until the table fits, but not where it is wide', () => {
  const name = `first${'/inner'.repeat(20)}/last`;
  const text = table(['layer', 'dB'], [[name, '12.5']]);
  assert.ok(text.split('\n').every((line) => line.length <= 100));
  assert.match(text, /^first.*….*last +12\.5$/m);
  assert.ok(table(['layer', 'dB'], [[name, '12.5']], { wide: true }).includes(name));
});

test('a marked row is coloured where colours are asked for', () => {
  const rows = [['a'], ['b']];
  assert.match(table(['x'], rows, { color: true, marks: [undefined, 'bad'] }), /\na\n\x1b\[31mb\x1b\[0m$/);
  assert.not.match(table(['x'], rows, { marks: [undefined, 'bad'] }), /\x1b/);
});

test('a narrow terminal narrows the names, a wide one does not widen the table', () => {
  const rows = [
    [`${'block/'.repeat(20)}conv`, '1'],
    ['a', '22'],
  ];
  const widest = (columns: number | undefined): number =>
    Math.max(
      ...table(['layer', 'MACs'], rows, { columns })
        .split('\n')
        .map(({ length }) => length),
    );
  assert.equal([widest(undefined), widest(Infinity), widest(200), widest(60)], [100, 100, 100, 60]);
  assert.is(widest(10), 18, 'names keep 12 columns');
});

test.run();
