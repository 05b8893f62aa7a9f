import { test } from 'uvu';
import { inspectTensorFlow } from '../../src/tensorflow/index.js';
import { throws } from '../throws.js';
import { type Attribute, floats, graphDef, int32s, placeholder, type TestNode } from './graph-def.js';

const x = placeholder('x', [1, 4, 4, 3]);
const text: TestNode = { name: 's', op: 'Const', attr: { dtype: { type: 7 }, value: { text: 'text' } } };

const node = (op: string, input: readonly string[], attr: Readonly<Record<string, Attribute>> = {}): TestNode => ({
  name: 'y',
  op,
  input,
  attr,
});
const window = (strides: readonly number[], ksize: readonly number[]): Record<string, Attribute> => ({
  strides: { ints: strides },
  ksize: { ints: ksize },
  padding: { s: 'VALID' },
});
const filter = floats('w', [1, 1, 3, 3], new Array(9).fill(1));
const quarters = floats('c', [2], [0.5, 1]);

/** A graph of these nodes behind an image, and what the refusal says. */
const cases: readonly (readonly [name: string, nodes: readonly TestNode[], message: RegExp])[] = [
  [
    'a fill of a thousand million',
    [int32s('d', [1e9]), floats('v', [], [1]), { ...node('Fill', ['d', 'v']), name: 'f' }, node('Add', ['x', 'f'])],
    /got one of 1000000000 elements\. XFDNN_MAX_CONSTANTS raises the limit/,
  ],
  [
    'a constant of one value repeated',
    [int32s('d', [1], [1e9])],
    /node "d" \(Const\): .* got one of 1000000000 elements/,
  ],
  [
    'a range without a step',
    [
      floats('a', [], [0]),
      floats('b', [], [9]),
      floats('c', [], [0]),
      { ...node('Range', ['a', 'b', 'c']), name: 'r' },
      node('Add', ['x', 'r']),
    ],
    /expected a step other than 0/,
  ],
  [
    'a padding beyond memory',
    [int32s('p', [0, 0, 1e6, 1e6, 1e6, 1e6, 0, 0], [4, 2]), node('Pad', ['x', 'p'])],
    /expected a value of at most 268435456 elements/,
  ],
  [
    'paddings that are not whole',
    [floats('p', [4, 2], [0, 0, 0.5, 0.5, 0, 0, 0, 0]), node('Pad', ['x', 'p'])],
    /node "y" \(Pad\): expected whole numbers as input 1, got 0\.5/,
  ],
  ['sizes that are not whole', [quarters, node('ResizeBilinear', ['x', 'c'])], /expected whole numbers as input 1/],
  [
    'as many outputs as elements',
    [node('Split', ['d', 'x'], { num_split: { i: 1e6 } }), int32s('d', [3], [])],
    /expected at most 262144 outputs, got 1000000/,
  ],
  [
    'a constant index outside',
    [floats('t', [2], [1, 2]), int32s('i', [9]), { ...node('Gather', ['t', 'i']), name: 'g' }, node('Add', ['x', 'g'])],
    /node "g" \(Gather\): expected indices from 0 to 1, got 9/,
  ],
  [
    'a maximum over groups of channels that do not fill them',
    [node('MaxPool', ['x'], window([1, 1, 1, 2], [1, 1, 1, 2]))],
    /expected a number of channels that is a multiple of 2/,
  ],
  [
    'a pooling over rows and channels',
    [node('MaxPool', ['x'], window([1, 1, 1, 3], [1, 2, 1, 3]))],
    /expected ksize for 4 axes that are 1 along batch and channels, got \[1, 2, 1, 3\]/,
  ],
  [
    'a pooling over the batch',
    [node('AvgPool', ['x'], window([2, 1, 1, 1], [1, 2, 2, 1]))],
    /expected strides for 4 axes that are 1 along batch/,
  ],
  [
    'strides over channels',
    [filter, node('Conv2D', ['x', 'w'], window([1, 1, 1, 3], []))],
    /expected strides for 4 axes that are 1 along batch/,
  ],
  [
    'an attribute that is missing',
    [filter, node('Conv2D', ['x', 'w'], { padding: { s: 'SAME' } })],
    /node "y" \(Conv2D\): expected an attribute strides, got none/,
  ],
  [
    'an attribute of another kind',
    [filter, node('Conv2D', ['x', 'w'], { ...window([1, 1, 1, 1], []), padding: { i: 1 } })],
    /expected a word as attribute padding, got 1/,
  ],
  [
    'a list that is a number',
    [filter, node('Conv2D', ['x', 'w'], { ...window([], []), strides: { i: 1 } })],
    /expected a list of whole numbers as attribute strides, got 1/,
  ],
  [
    'a range the wrong way round',
    [node('FakeQuantWithMinMaxArgs', ['x'], { min: { f: 6 }, max: { f: -6 } })],
    /expected a minimum below its maximum, both finite, got 6 and -6/,
  ],
  [
    'a range of 64 bits',
    [node('FakeQuantWithMinMaxArgs', ['x'], { num_bits: { i: 64 } })],
    /expected num_bits from 2 to 16, got 64/,
  ],
  [
    'ranges for other channels',
    [floats('a', [0], []), floats('b', [0], []), node('FakeQuantWithMinMaxVarsPerChannel', ['x', 'a', 'b'])],
    /expected 3 minima and maxima, got 0 and 0/,
  ],
  [
    'text in place of a number',
    [text, node('Add', ['x', 's'])],
    /node "y" \(Add\): expected constants of numbers, got text/,
  ],
  ['an axis that is not there', [node('Pack', ['x', 'x'], { axis: { i: 7 } })], /expected axis from -5 to 4, got 7/],
  [
    'statistics of other channels',
    [
      ...['g', 'b', 'm', 'v'].map((name) => floats(name, [2], [1, 1])),
      node('FusedBatchNorm', ['x', 'g', 'b', 'm', 'v'], { is_training: { b: false } }),
    ],
    /expected .* for 3 channels, got 2/,
  ],
  ['too few inputs', [node('AddV2', ['x'])], /node "y" \(AddV2\): expected/],
  [
    'no inputs',
    [node('Shape', []), { ...node('Relu', ['x']), name: 'z' }, { ...node('Reshape', ['z', 'y']), name: 'out' }],
    /node "y" \(Shape\): expected at least 1 input, got none/,
  ],
];

for (const [name, nodes, message] of cases)
  test(name, () =>
    throws(
      () => {
        const { unsupported } = inspectTensorFlow({ bytes: graphDef(x, ...nodes), fileName: 'net.pb' });
        throw new Error(`no refusal; unsupported: ${unsupported.join()}`);
      },
      new RegExp(`^net\\.pb.*${message.source}`),
    ),
  );

for (const op of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'])
  test(`a type "${op}" is not supported, with activations and with constants`, () => {
    for (const input of ['x', 'w']) {
      const nodes = [filter, { ...node(op, [input]), name: 'o' }, node('Add', ['x', 'o'])];
      const { unsupported } = inspectTensorFlow({ bytes: graphDef(x, ...nodes), fileName: 'net.pb' });
      if (unsupported.join() !== `"o" (${op})`) throw new Error(`unsupported: ${unsupported.join()}`);
    }
  });

test('a text of comments is read in linear time', () => {
  const bytes = new TextEncoder().encode(`${'#'.repeat(5000)}\n${'# x\n'.repeat(5000)}name: "x"`);
  throws(() => inspectTensorFlow({ bytes, fileName: 'net.pbtxt' }), /^net\.pbtxt: this is a text file/);
});

test.run();
