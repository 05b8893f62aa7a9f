import { opOf } from '../../ops/index.js';
import type { Action, EmulationContext, Layer } from '../context.js';
import { addressOf, type Run } from '../memory.js';
import type { Operand } from '../operands.js';

/** Operands on the grid of the output, copied one after the other. */
export function concat(context: EmulationContext, layer: Layer): Action {
  const grid = context.placement.codes(context.placement.analysis.output(layer.index));
  return moveElements(
    context,
    layer,
    layer.node.inputs.map((id) => context.operands.codes(id, grid)),
  );
}

/** Codes of a shape-only layer, as they are. */
export function shapeOnly(context: EmulationContext, layer: Layer): Action {
  return moveElements(
    context,
    layer,
    layer.node.inputs.map((id) => (run: Run) => addressOf(run, id)),
  );
}

/** A layer in float32, on its kernel where it has one. Shape-only layers and those without a kernel run their definition. */
export function onHost(context: EmulationContext, layer: Layer): Action {
  const { memory, operands } = context;
  const { node, shapes, rule } = layer;
  const lowering = rule.kind === 'shape' ? undefined : opOf(node).lower?.(node, shapes);
  const inputs = node.inputs.map((id) => operands.floats(id));
  if (lowering === undefined) return moveElements(context, layer, inputs);
  const kernel = memory.prepared(lowering);
  return (run) => {
    const from = inputs.map((operand) => operand(run));
    kernel(
      from,
      node.outputs.map((id) => memory.allocate(run, id)),
    );
  };
}

/** The definition of a layer on elements as they are. Operands are kept as the first output is. */
function moveElements({ memory, placement }: EmulationContext, layer: Layer, operands: readonly Operand[]): Action {
  const { node, shapes, index } = layer;
  const kept = placement.value(placement.analysis.output(index));
  return (run) => {
    const from = operands.map((operand) => operand(run));
    const to = node.outputs.map((id) => memory.allocate(run, id));
    opOf(node).reference(
      node,
      node.inputs.map((id, i) => memory.view(id, from[i] ?? 0, kept)),
      node.outputs.map((id, i) => memory.view(id, to[i] ?? 0)),
      shapes.layout,
    );
  };
}
