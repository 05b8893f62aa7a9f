/** TensorFlow types of two operands that broadcast, and the `binaryFunction` that each is. */
export const binaryTypes: Readonly<Record<string, string>> = {
  Add: 'add',
  AddV2: 'add',
  Sub: 'sub',
  Mul: 'mul',
  RealDiv: 'div',
  Div: 'div',
  Maximum: 'max',
  Minimum: 'min',
  SquaredDifference: 'squared-difference',
  Pow: 'pow',
  FloorDiv: 'floor-div',
  FloorMod: 'floor-mod',
  Greater: 'greater',
  GreaterEqual: 'greater-equal',
  Less: 'less',
  LessEqual: 'less-equal',
  Equal: 'equal',
  NotEqual: 'not-equal',
  LogicalAnd: 'and',
  LogicalOr: 'or',
  DivNoNan: 'div-no-nan',
  MulNoNan: 'mul-no-nan',
  Xlogy: 'x-times-log-y',
  Xlog1py: 'x-times-log1p-y',
  Xdivy: 'x-divided-by-y',
  TruncateDiv: 'truncate-div',
  TruncateMod: 'mod',
  Mod: 'mod',
  Atan2: 'atan2',
};

/** TensorFlow types of one operand that no operator of their own reads, and the `unaryFunction` that each is. */
export const unaryTypes: Readonly<Record<string, string>> = {
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

/** Functions whose results are truth values. */
export const predicates: ReadonlySet<string> = new Set([
  'greater',
  'greater-equal',
  'less',
  'less-equal',
  'equal',
  'not-equal',
  'and',
  'or',
  'not',
  'is-nan',
  'is-infinite',
  'is-finite',
]);

/** The function of a binary type on elements of a type: integers are divided towards zero. */
export function binaryFunctionOf(type: string, dtype: unknown): string | undefined {
  const name = binaryTypes[type];
  return name === 'div' && isInteger(String(dtype)) ? 'truncate-div' : name;
}

/** Whether values of this type are whole numbers. */
export function isInteger(dtype: string): boolean {
  return /^DT_Q?U?INT[0-9]+$/.test(dtype);
}
