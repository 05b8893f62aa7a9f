import { fail } from '../error.js';
import { describe, type GraphNode } from '../graph/graph.js';
import { opOf } from '../ops/index.js';
import type { NodeShapes } from '../ops/op.js';
import type { Engine } from '../kernels/engine.js';
import { gridOf } from './numeric.js';

/** Weights of a weighted node as [output channel][k], row-major. */
export function weightRows(node: GraphNode): Float32Array {
  return opOf(node).weightRows?.(node) ?? node.params[0]!.data;
}

/** `max |w|` of each output channel (QUANTIZER.md, section 3); a channel that counts as zero keeps its small value. Throws `data` where a parameter is not finite. */
export function weightThresholds(node: GraphNode, shapes: NodeShapes): number[] {
  const rule = opOf(node).rule(node, shapes);
  const channels = rule.kind === 'weighted' ? rule.channels : 0;
  node.params.forEach(({ data }) => expectFinite(node, data));
  const rows = weightRows(node);
  const k = rows.length / channels;
  return Array.from({ length: channels }, (_, c) => largestMagnitude(rows, c * k, (c + 1) * k));
}

/** The largest magnitude from `start` to `end`. */
function largestMagnitude(values: Float32Array, start: number, end: number): number {
  let largest = 0;
  for (let i = start; i < end; i++) {
    const magnitude = Math.abs(values[i]!);
    if (magnitude > largest) largest = magnitude;
  }
  return largest;
}

function expectFinite(node: GraphNode, data: Float32Array): void {
  // x - x is NaN where x is not finite: one comparison for all, and a search only where it fails.
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += data[i]! - data[i]!;
  if (sum === 0) return;
  const bad = data.findIndex((value) => !Number.isFinite(value));
  fail('data', describe(node), `expected finite weights, got ${data[bad]} at element ${bad}.`, 'Check the weight file.');
}

/** Codes of the weights, [output channel][k]; a channel whose threshold counts as zero (at most 1e-8) is all 0. */
export function weightCodes({ heap, kernels }: Engine, node: GraphNode, thParams: readonly number[], bw: number): Int16Array {
  const rows = weightRows(node);
  const k = rows.length / thParams.length;
  const codes = new Int16Array(rows.length);
  // One channel at a time: the heap never shrinks, and the largest matrices have 100 million elements.
  const [from, to] = [heap.alloc(k * 4), heap.alloc(k * 2)];
  thParams.forEach((th, c) => {
    heap.f32(from, k).set(rows.subarray(c * k, (c + 1) * k));
    kernels.quantize_i16(from, to, k, ...gridOf(th, bw));
    codes.set(heap.i16(to, k), c * k);
  });
  [from, to].forEach((pointer) => heap.free(pointer));
  return codes;
}
