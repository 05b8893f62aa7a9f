import type { Engine } from '../kernels/engine.js';
import type { NodeShapes, Rule } from '../ops/op.js';
import { elements } from '../tensor.js';
import { gridCode, gridStep } from '../fixed/grid.js';

export function absMinMax(engine: Engine, at: number, count: number): { max: number; min: number; finite: boolean } {
  let max = 0;
  let min = Infinity;
  let finite = true;
  for (const x of engine.heap.f32(at, count)) {
    const a = Math.abs(x);
    if (!(a < Infinity)) finite = false;
    if (a > max) max = a;
    if (a < min) min = a;
  }
  return { max, min, finite };
}

export function histogram(engine: Engine, at: number, count: number, max: number, counts: Float64Array): void {
  const bins = counts.length;
  const width = max / bins;
  const edge = (j: number): number => (j === bins ? max : j * width);
  for (const x of engine.heap.f32(at, count)) {
    const a = Math.abs(x);
    let j = Math.min(bins - 1, Math.floor(a / width));
    while (j > 0 && a < edge(j)) j--;
    while (j < bins - 1 && a >= edge(j + 1)) j++;
    counts[j]!++;
  }
}

export function dequantize(engine: Engine, from: number, to: number, count: number, th: number, bw: number): void {
  const codes = bw === 8 ? engine.heap.i8(from, count) : engine.heap.i16(from, count);
  const out = engine.heap.f32(to, count);
  const step = gridStep(th, bw);
  for (let i = 0; i < count; i++) out[i] = codes[i]! * step;
}

export function quantize(engine: Engine, from: number, to: number, count: number, th: number, bw: number): void {
  const x = engine.heap.f32(from, count);
  const out = bw === 8 ? engine.heap.i8(to, count) : engine.heap.i16(to, count);
  for (let i = 0; i < count; i++) out[i] = gridCode(x[i]!, th, bw);
}

export function eltwise(engine: Engine, operands: readonly number[], to: number, count: number, th: number, bw: number, rule: Rule & { kind: 'eltwise' }): void {
  const out = engine.heap.f32(to, count);
  const inputs = operands.map((at) => engine.heap.f32(at, count));
  const step = gridStep(th, bw);
  for (let i = 0; i < count; i++) {
    const terms = inputs.map((x) => gridCode(x[i]!, th, bw));
    out[i] = rule.operation === 'max' ? Math.max(...terms) * step : terms.reduce((sum, code, k) => sum + rule.coefficients[k]! * code * step, 0);
  }
}

export function dequantizer(
  engine: Engine,
  shapes: NodeShapes,
  options: { steps: Float64Array; bias?: Float32Array; activation?: Rule & { kind: 'activation' }; type: 'i32' | 'f64' },
): { run(sums: number, to: number): { max: number; min: number; finite: boolean }; free(): void } {
  const { steps, bias, activation, type } = options;
  const count = elements(shapes.outputs[0]!);
  const channels = steps.length;
  const pixels = count / channels;
  const last = shapes.layout === 'NHWC' && shapes.outputs[0]!.length === 4;
  return {
    free() {},
    run(from, to) {
      const sums = type === 'i32' ? engine.heap.i32(from, count) : engine.heap.f64(from, count);
      const out = engine.heap.f32(to, count);
      for (let c = 0; c < channels; c++) {
        const slope = activation === undefined ? 1 : activation.slopes[activation.slopes.length === 1 ? 0 : c]!;
        for (let p = 0; p < pixels; p++) {
          let y = Math.fround(sums[c * pixels + p]! * steps[c]! + (bias?.[c] ?? 0));
          if (activation !== undefined) y = Math.min(y < 0 ? Math.fround(y * slope) : y, activation.ceiling);
          out[last ? p * channels + c : c * pixels + p] = y;
        }
      }
      return absMinMax(engine, to, count);
    },
  };
}
