import { fail } from '../../error.js';
import { roundHalfEven } from '../../fixed/rounding.js';
import { exp, log, pow } from '../../math.js';

/** Functions of one number, by the name the `unary` op gives them. Exact, or rounded once to double. */
export const unaryFunctions: Readonly<Record<string, (x: number) => number>> = {
  neg: (x) => -x,
  abs: (x) => Math.abs(x),
  square: (x) => x * x,
  sqrt: (x) => Math.sqrt(x),
  rsqrt: (x) => 1 / Math.sqrt(x),
  reciprocal: (x) => 1 / x,
  floor: (x) => Math.floor(x),
  ceil: (x) => Math.ceil(x),
  // A number below zero that rounds to zero keeps its sign, as in TensorFlow.
  round: (x) => (x < 0 ? -roundHalfEven(-x) : x === 0 ? x : roundHalfEven(x)),
  truncate: (x) => Math.trunc(x),
  sign: (x) => Math.sign(x),
  relu: (x) => (x < 0 ? 0 : x),
  exp: (x) => exp(x),
  log: (x) => log(x),
  nonzero: (x) => (x !== 0 ? 1 : 0),
  not: (x) => (x === 0 ? 1 : 0),
};

/** Functions of two numbers, by the name the `binary` op gives them; truth is 1. Exact, or rounded once to double. */
export const binaryFunctions: Readonly<Record<string, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  'truncate-div': (a, b) => Math.trunc(a / b),
  'floor-div': (a, b) => Math.floor(a / b),
  'floor-mod': (a, b) => a - Math.floor(a / b) * b,
  pow: (a, b) => pow(a, b),
  mod: (a, b) => a % b,
  max: (a, b) => Math.max(a, b),
  min: (a, b) => Math.min(a, b),
  'squared-difference': (a, b) => (a - b) * (a - b),
  greater: (a, b) => (a > b ? 1 : 0),
  'greater-equal': (a, b) => (a >= b ? 1 : 0),
  less: (a, b) => (a < b ? 1 : 0),
  'less-equal': (a, b) => (a <= b ? 1 : 0),
  equal: (a, b) => (a === b ? 1 : 0),
  'not-equal': (a, b) => (a !== b ? 1 : 0),
  and: (a, b) => (a !== 0 && b !== 0 ? 1 : 0),
  or: (a, b) => (a !== 0 || b !== 0 ? 1 : 0),
};

function named<T>(functions: Readonly<Record<string, T>>, name: string): T {
  return (
    functions[name] ?? fail('internal', '', `expected a function of ${Object.keys(functions).join(', ')}, got ${name}.`)
  );
}

/** The function of one number with a name that the `unary` op knows. */
export const unaryFunction = (name: string): ((x: number) => number) => named(unaryFunctions, name);

/** The function of two numbers with a name that the `binary` op knows. */
export const binaryFunction = (name: string): ((a: number, b: number) => number) => named(binaryFunctions, name);
