import { fail } from '../error.js';
import { describe, type GraphNode } from '../graph/graph.js';
import { opOf, ruleOf } from '../ops/index.js';
import type { NodeShapes } from '../ops/op.js';

/** Weights of a weighted node as [output channel][k], row-major. */
export function weightRows(node: GraphNode): Float32Array {
  return opOf(node).weightRows?.(node) ?? node.params[0]!.data;
}

/** `max |w|` of each output channel (`docs/spec/quantizer.md`, section 3); a channel that counts as zero keeps its small value. Throws `data` where a parameter is not finite. */
export function weightThresholds(node: GraphNode, shapes: NodeShapes): number[] {
  const rule = ruleOf(node, shapes);
  const channels = rule.kind === 'weighted' ? rule.channels : 0;
  const rows = weightRows(node);
  const k = rows.length / channels;
  // The weights' own thresholds show whether they are finite.
  node.params.forEach(({ data }, index) => index > 0 && expectFinite(node, data));
  const thresholds = Array.from({ length: channels }, (_, c) => largestMagnitude(rows, c * k, (c + 1) * k));
  if (!thresholds.every(Number.isFinite)) expectFinite(node, node.params[0]!.data);
  return thresholds;
}

const MAGNITUDE = 0x7fffffff;
const bits = new Int32Array(1);
const asFloat = new Float32Array(bits.buffer);

/** The largest magnitude from `start` to `end`; NaN if one is NaN. Without their sign, the bits of floats are ordered as the floats are, NaN last. */
function largestMagnitude(values: Float32Array, start: number, end: number): number {
  const patterns = new Int32Array(values.buffer, values.byteOffset, values.length);
  let largest = 0;
  for (let i = start; i < end; i++) {
    const magnitude = patterns[i]! & MAGNITUDE;
    if (magnitude > largest) largest = magnitude;
  }
  bits[0] = largest;
  return asFloat[0]!;
}

/** Throws `data` where a parameter of a node is not finite. */
export function expectFinite(node: GraphNode, data: Float32Array): void {
  for (let i = 0; i < data.length; i++) {
    if (!Number.isFinite(data[i]!))
      fail(
        'data',
        describe(node),
        `expected finite weights, got ${data[i]} at element ${i}.`,
        'Check the weight file.',
      );
  }
}
