import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createEngine, type Engine } from '../../src/kernels/engine.js';
import type { Parameter, Pointer, Row, Scalar } from '../../src/kernels/row.js';
import { type KernelName, table } from '../../src/kernels/table.js';
import { root } from '../support.js';
import { generator } from './random.js';

type Random = (below: number) => number;
type Given = Record<string, number>;

const BYTES = { f32: 4, f64: 8, i8: 1, u8: 1, i16: 2, i32: 4 };
const EXTREMES = {
  f32: [
    0,
    -0,
    1,
    -1,
    3.4028234663852886e38,
    -3.4028234663852886e38,
    1e-45,
    -1e-45,
    Infinity,
    -Infinity,
    NaN,
    0.5,
    1.5,
    2.5,
    -2.5,
    0.125,
    0.375,
    -0.625,
  ],
  f64: [0, -0, 1, -1, 2 ** 52, -(2 ** 52), 2 ** 47, -(2 ** 47), 0.5, -1.5, 1e-300, 1e300],
  i8: [-128, 127, 0, -1, 1],
  u8: [0, 255, 128],
  i16: [-32768, 32767, 0, -1, 1, 255, -256],
  i32: [-2147483648, 2147483647, 0, -1, 1, 8388607, -8388608],
};
const GUARD = 64;

/** Every value of every scalar in a few seeded neighbourhoods; small signatures get all combinations by chance. */
function* cases(row: Row, random: Random): Generator<Given> {
  const scalars = row.parameters.filter((parameter): parameter is Scalar => parameter.kind === 'scalar');
  for (const chosen of scalars) {
    for (let index = 0; index < chosen.values(pick(scalars, random)).length; index++) {
      for (let repeat = 0; repeat < 6; repeat++) yield pick(scalars, random, chosen, index);
    }
  }
}

/** Sizes first, then what follows from them. */
function pick(scalars: Scalar[], random: Random, fixed?: Scalar, index = 0): Given {
  const given: Given = {};
  for (const derived of [false, true]) {
    for (const scalar of scalars.filter((one) => (one.derived === true) === derived)) {
      const values = scalar.values(given);
      given[scalar.name] = values[scalar === fixed ? Math.min(index, values.length - 1) : random(values.length)]!;
    }
  }
  return given;
}

function contents(pointer: Pointer, given: Given, random: Random, mode: number): number[] {
  const count = pointer.count(given);
  if (pointer.fill !== undefined) return Array.from(pointer.fill(given, random));
  const extremes = EXTREMES[pointer.element];
  return Array.from({ length: count }, () => {
    if (mode === 2 || (mode === 1 && random(8) === 0)) return extremes[random(extremes.length)]!;
    if (pointer.element === 'f32' || pointer.element === 'f64') return random(2 ** 24) / 2 ** 22 - 2;
    return random(2 ** 32) - 2 ** 31;
  });
}

/** Lays the operands out with guards between, the same in both heaps; returns the arguments. */
function lay(engines: Engine[], row: Row, given: Given, random: Random, mode: number): number[] {
  const shared = new Map<string, number>();
  const together = row.inPlace?.[random(2)];
  return row.parameters.map((parameter: Parameter) => {
    if (parameter.kind === 'scalar') return given[parameter.name]!;
    if (parameter.optional && random(3) === 0) return 0;
    const other = together?.[1] === parameter.name ? shared.get(together[0]) : undefined;
    if (other !== undefined) return other;
    const values = contents(parameter, given, random, mode);
    const bytes = values.length * BYTES[parameter.element];
    const pointers = engines.map(({ heap }) => {
      const start = heap.alloc(bytes + 2 * GUARD);
      heap.u8(start, bytes + 2 * GUARD).fill(0xa5);
      heap[parameter.element](start + GUARD, values.length).set(values);
      return start + GUARD;
    });
    shared.set(parameter.name, pointers[0]!);
    return pointers[0]!;
  });
}

function firstDifference(a: Engine, b: Engine): number {
  const [left, right] = [a.heap.all.i32, b.heap.all.i32];
  for (let index = 0; index < left.length; index++) {
    if (left[index] !== right[index] && !bothNaN(a, b, index)) return index;
  }
  return -1;
}

function bothNaN(a: Engine, b: Engine, index: number): boolean {
  const single = Number.isNaN(a.heap.all.f32[index]) && Number.isNaN(b.heap.all.f32[index]);
  return single || (Number.isNaN(a.heap.all.f64[index >> 1]) && Number.isNaN(b.heap.all.f64[index >> 1]));
}

async function runCase(name: KernelName, row: Row, given: Given, random: Random, mode: number): Promise<void> {
  const engines = [await createEngine(), await createEngine({ simd: 'twin' })];
  const args = lay(engines, row, given, random, mode);
  const results = engines.map((engine) => (engine.kernels[name] as (...args: number[]) => number | undefined)(...args));
  row.parameters.forEach((parameter, index) => {
    if (parameter.kind === 'scalar' || !parameter.scratch) return;
    for (const { heap } of engines) heap[parameter.element](args[index]!, parameter.count(given)).fill(0);
  });
  const at = firstDifference(engines[0]!, engines[1]!);
  if (at < 0 && Object.is(results[0], results[1])) return;
  const shown = row.parameters.map((parameter, index) => `${parameter.name}=${args[index]}`).join(' ');
  const values = engines.map(({ heap }) => `${heap.all.i32[at]} (as float ${heap.all.f32[at]})`);
  throw new Error(
    `${name} mode ${mode}: ${shown}: at byte ${at * 4} wasm ${values[0]}, twin ${values[1]}; returned ${results.join(', ')}`,
  );
}

for (const name of Object.keys(table) as KernelName[]) {
  test(`${name} and its twin leave the same bytes`, async () => {
    const random = generator(name.length * 7919);
    let mode = 0;
    for (const given of cases(table[name], random)) await runCase(name, table[name], given, random, mode++ % 3);
  });
}

test('the module exports exactly the table', async () => {
  const { kernels } = await createEngine();
  const exported = Object.entries(kernels)
    .filter(([, value]) => typeof value === 'function')
    .map(([name]) => name);
  const missing = exported
    .filter((name) => !(name in table))
    .concat(Object.keys(table).filter((name) => !exported.includes(name)));
  if (missing.length > 0) throw new Error(`in the module or the table only: ${missing.join(', ')}`);
});

const source = join(root, 'src');
const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.ts') && !/^kernels\/(twins|generated)\/|^kernels\/table\.ts$/.test(file))
  .map((file) => ({ file, text: readFileSync(join(source, file), 'utf8') }));

test('every kernel has a caller in src, beside its twin and its row', () => {
  // A name in full, or a template literal such as `max_planes_${element}`.
  const templates = files
    .flatMap(({ text }) => [...text.matchAll(/`([a-z]\w*_(?:\$\{[^}]*\}\w*)+)`/g)])
    .map(([, template]) => new RegExp(`^${(template ?? '').replace(/\$\{[^}]*\}/g, '[a-z0-9]+')}$`));
  const isCalled = (name: string): boolean =>
    files.some(({ text }) => new RegExp(`\\b${name}\\b`).test(text)) ||
    templates.some((template) => template.test(name));
  assert.equal(
    Object.keys(table).filter((name) => !isCalled(name)),
    [],
  );
});

test('every lowering and epilogue is used by a file of src other than its own', () => {
  const unused = files
    .filter(({ file }) => file.startsWith('kernels/'))
    .flatMap(({ file, text }) =>
      [...text.matchAll(/^export function ((?:lower|accumulate)\w+|\w+Epilogue)\b/gm)]
        .map(([, name = '']) => name)
        .filter((name) => !files.some((other) => other.file !== file && new RegExp(`\\b${name}\\(`).test(other.text)))
        .map((name) => `${file}: ${name}`),
    );
  assert.equal(unused, []);
});

test.run();
