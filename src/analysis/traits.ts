import type { Rule } from '../ops/op.js';

/**
 * Properties of rules that several layers of this package decide by. Each is a list of kinds with an entry for every kind,
 * so that a new kind has to be placed in all of them.
 */
type Kinds = Readonly<Record<Rule['kind'], boolean>>;

const KEEPS_THRESHOLD: Kinds = {
  input: false,
  weighted: false,
  activation: false,
  pool: true,
  shape: true,
  lrn: true,
  concat: false,
  eltwise: false,
  host: false,
};

const ACCUMULATES: Kinds = {
  input: false,
  weighted: true,
  activation: false,
  pool: false,
  shape: false,
  lrn: false,
  concat: false,
  eltwise: true,
  host: false,
};

/** Whether the threshold of the input is that of the output: shape-only layers, Pooling and LRN. */
export function keepsThreshold({ kind }: Rule): boolean {
  return KEEPS_THRESHOLD[kind];
}

/** Whether the layer has an accumulator, from which an activation behind it is computed: weighted layers and Eltwise. */
export function accumulates({ kind }: Rule): boolean {
  return ACCUMULATES[kind];
}

/** Whether the layer can have an entry in a scaling file: layers with an accumulator, and average pooling. */
export function takesEntry(rule: Rule): boolean {
  return accumulates(rule) || (rule.kind === 'pool' && rule.operation === 'average');
}

/** Whether the rule is of a kind. */
export function isActivation(rule: Rule): rule is Rule & { readonly kind: 'activation' } {
  return rule.kind === 'activation';
}
