import { channelAxis } from '../tensor.js';
import type { Op } from './op.js';
import { keepShape, mapElements } from './support/elementwise.js';
import { unaryFunctions } from './support/scalar-functions.js';

/** A key of `unaryFunctions`. */
export type UnaryAttrs = { readonly operation: string };

const operations: Readonly<Record<string, string>> = {
  Neg: 'neg',
  Square: 'square',
  Sqrt: 'sqrt',
  Rsqrt: 'rsqrt',
  Reciprocal: 'reciprocal',
  Inv: 'reciprocal',
  Floor: 'floor',
  Ceil: 'ceil',
  Round: 'round',
  Rint: 'round',
  Sign: 'sign',
  LogicalNot: 'not',
  Softplus: 'softplus',
  Softsign: 'softsign',
  Selu: 'selu',
  Erf: 'erf',
  Erfc: 'erfc',
  Expm1: 'expm1',
  Log1p: 'log1p',
  Sin: 'sin',
  Cos: 'cos',
  Tan: 'tan',
  Asin: 'asin',
  Acos: 'acos',
  Atan: 'atan',
  Sinh: 'sinh',
  Cosh: 'cosh',
  Asinh: 'asinh',
  Acosh: 'acosh',
  Atanh: 'atanh',
  IsNan: 'is-nan',
  IsInf: 'is-infinite',
  IsFinite: 'is-finite',
};

/** A function of each element, in double, rounded once; Cast to an integer type truncates, to bool asks for nonzero. */
export const unary: Op<UnaryAttrs> = {
  name: 'unary',
  tensorflow: {
    types: [...Object.keys(operations), 'Cast'],
    read(node) {
      const operation =
        node.type !== 'Cast' ? operations[node.type]! : node.attr('DstT') === 'DT_BOOL' ? 'nonzero' : 'truncate';
      return { attrs: { operation }, inputs: [0], params: [] };
    },
  },
  shape: keepShape,
  rule: () => ({ kind: 'host' }),
  reference: ({ attrs }, [input], [output]) => mapElements(input!, output!, unaryFunctions[attrs.operation]!),
  toAffine({ attrs }, { inputs, layout }) {
    if (attrs.operation !== 'neg') return undefined;
    const count = inputs[0]![channelAxis(inputs[0]!.length, layout)] ?? 1;
    return { scale: new Float64Array(count).fill(-1), shift: new Float64Array(count), alone: true };
  },
};
