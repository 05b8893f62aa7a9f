import { fail, placed } from '../../error.js';
import { describe } from '../../graph/graph.js';
import type { Rule } from '../../ops/op.js';
import type { ScalingEntry } from '../../scaling/index.js';
import type { Action, EmulationContext, Layer } from '../context.js';
import { activation } from './activation.js';
import { eltwise } from './eltwise.js';
import { concat, onHost, shapeOnly } from './moves.js';
import { averagePool, maxPool } from './pooling.js';
import { weighted } from './weighted.js';

const nothing: Action = () => undefined;

/** Prepares a layer to run: weights are packed, multipliers laid out, kernels chosen. Errors name the layer. */
export function prepareLayer(context: EmulationContext, index: number): Action {
  const { analysis } = context.placement;
  const node = analysis.node(index);
  try {
    const layer = { index, node, shapes: analysis.shapesOf(index) };
    const rule = analysis.rule(index);
    if (rule.kind === 'input') return nothing;
    return context.placement.isOnHost(index) ? onHost(context, { ...layer, rule }) : onOverlay(context, layer, rule);
  } catch (error) {
    throw placed(error, () => describe(node));
  }
}

function onOverlay(context: EmulationContext, layer: Omit<Layer, 'rule'>, rule: Rule): Action {
  const entry = context.placement.entryOf(layer.index);
  switch (rule.kind) {
    case 'weighted':
      return weighted(context, { ...layer, rule }, present(layer, entry));
    case 'eltwise':
      return eltwise(context, { ...layer, rule }, present(layer, entry));
    case 'activation':
      // Behind an accumulator it is computed with the layer that accumulates.
      return context.placement.accumulatingLayer(layer.index) === null
        ? activation(context, { ...layer, rule })
        : nothing;
    case 'pool':
      return rule.operation === 'max'
        ? maxPool(context, { ...layer, rule })
        : averagePool(context, { ...layer, rule }, entry);
    case 'concat':
      return concat(context, { ...layer, rule });
    case 'shape':
      return shapeOnly(context, { ...layer, rule });
    case 'input':
    case 'lrn':
    case 'host':
      return fail('internal', describe(layer.node), `expected a layer of the overlay, got one of kind "${rule.kind}".`);
  }
}

function present({ node }: Omit<Layer, 'rule'>, entry: ScalingEntry | undefined): ScalingEntry {
  return entry ?? fail('internal', describe(node), 'expected a layer of the overlay to have an entry, got none.');
}
