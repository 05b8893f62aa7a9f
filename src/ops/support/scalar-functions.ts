import { fail } from '../../error.js';
import { roundHalfEven } from '../../fixed/rounding.js';
import { exp, log, pow } from '../../math.js';
import {
  acos,
  acosh,
  asin,
  asinh,
  atan,
  atan2,
  atanh,
  cos,
  cosh,
  erf,
  erfc,
  expm1,
  log1p,
  sin,
  sinh,
  softplus,
} from './special-functions.js';

/** Scale and slope of Selu as its authors give them (Klambauer et al. 2017). */
const SELU_SCALE = 1.0507009873554805;
const SELU_ALPHA = 1.6732632423543772;

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
  softplus,
  softsign: (x) => x / (1 + Math.abs(x)),
  selu: (x) => SELU_SCALE * (x > 0 ? x : SELU_ALPHA * expm1(x)),
  erf,
  erfc,
  expm1,
  log1p,
  sin,
  cos,
  tan: (x) => sin(x) / cos(x),
  asin,
  acos,
  atan,
  sinh,
  cosh,
  asinh,
  acosh,
  atanh,
  'is-nan': (x) => Number(Number.isNaN(x)),
  'is-infinite': (x) => Number(Math.abs(x) === Infinity),
  'is-finite': (x) => Number(Number.isFinite(x)),
};

/** Functions of two numbers, by the name the `binary` op gives them; truth is 1. Exact, or rounded once to double. */
export const binaryFunctions: Readonly<Record<string, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  'div-no-nan': (a, b) => (b === 0 ? 0 : a / b),
  'mul-no-nan': (a, b) => (b === 0 ? 0 : a * b),
  'x-times-log-y': (a, b) => (a === 0 ? 0 : a * log(b)),
  'x-times-log1p-y': (a, b) => (a === 0 ? 0 : a * log1p(b)),
  'x-divided-by-y': (a, b) => (a === 0 ? 0 : a / b),
  'truncate-div': (a, b) => Math.trunc(a / b),
  'floor-div': (a, b) => Math.floor(a / b),
  'floor-mod': (a, b) => a - Math.floor(a / b) * b,
  pow: (a, b) => pow(a, b),
  mod: (a, b) => a % b,
  atan2,
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
