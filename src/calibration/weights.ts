import { fail } from '../error.js';
import { describe, type GraphNode } from '../graph/graph.js';
import { opOf } from '../ops/index.js';
import type { NodeShapes } from '../ops/op.js';
import { gridCode, ZERO } from '../fixed/grid.js';

/** Weights of a weighted node as [output channel][k], row-major. */
export function weightRows(node: GraphNode): Float32Array {
  return opOf(node).weightRows?.(node) ?? node.params[0]!.data;
}

/** `max |w|` of each output channel (QUANTIZER.md, section 3); a channel that counts as zero keeps its small value. */
export function weightThresholds(node: GraphNode, shapes: NodeShapes): number[] {
  const rule = opOf(node).rule(node, shapes);
  const channels = rule.kind === 'weighted' ? rule.channels : 0;
  const rows = weightRows(node);
  for (const { data } of node.params) {
    const bad = data.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) fail('data', describe(node), `expected finite weights, got ${data[bad]} at element ${bad}.`, 'Check the weight file.');
  }
  const k = rows.length / channels;
  return Array.from({ length: channels }, (_, c) => {
    let largest = 0;
    for (let i = c * k; i < (c + 1) * k; i++) largest = Math.max(largest, Math.abs(rows[i]!));
    return largest;
  });
}

/** Codes of the weights, [output channel][k]; a channel whose threshold counts as zero (at most 1e-8) is all 0. */
export function weightCodes(node: GraphNode, thParams: readonly number[], bw: number): Int16Array {
  const rows = weightRows(node);
  const k = rows.length / thParams.length;
  const codes = new Int16Array(rows.length);
  thParams.forEach((th, c) => {
    if (th <= ZERO) return;
    for (let i = c * k; i < (c + 1) * k; i++) codes[i] = gridCode(rows[i]!, th, bw);
  });
  return codes;
}
