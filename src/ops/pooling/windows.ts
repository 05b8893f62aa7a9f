import type { PoolGeometry } from '../../kernels/pooling.js';
import type { Layout, Shape } from '../../tensor.js';
import type { ClippedWindows, NodeShapes } from '../op.js';
import { first } from '../support/operands.js';
import { farPad, imageSize, type Padding, type Pair } from '../support/spatial.js';

export type PoolingAttrs = {
  readonly operation: 'max' | 'average';
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly pad: Padding;
  /** The elements that an average divides by: those of the window within the padded input (Caffe), or within the input (TensorFlow). */
  readonly count: 'padded' | 'valid';
  /** Whether a last window that reaches past the padded input counts. */
  readonly ceil: boolean;
  /** MAX, channels first: a second output with the largest element's index in its plane, the first of equal ones. */
  readonly indices?: boolean;
  readonly layout: Layout;
};

/** Along one axis: input elements `from` to `to` (exclusive) of a window, and how many it counts for an average. */
interface Span {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

function spans({ kernel, stride, pad, count }: PoolingAttrs, axis: 0 | 1, size: number, outputs: number): Span[] {
  return Array.from({ length: outputs }, (_, out) => {
    const start = out * stride[axis] - pad[axis];
    const end = Math.min(start + kernel[axis], size + farPad(pad, axis));
    const [from, to] = [Math.max(start, 0), Math.min(end, size)];
    return { from, to, count: count === 'padded' ? end - start : to - from };
  });
}

/** The windows of a pooling: one for each pair of a row span and a column span. */
export interface Windows {
  readonly rows: readonly Span[];
  readonly columns: readonly Span[];
}

/** The windows of a pooling, for shapes that fit its attributes. */
export function poolingWindows(attrs: PoolingAttrs, input: Shape, output: Shape): Windows {
  const [from, to] = [imageSize(input, attrs.layout), imageSize(output, attrs.layout)];
  return { rows: spans(attrs, 0, from.height, to.height), columns: spans(attrs, 1, from.width, to.width) };
}

/** A pooling as the kernels take it. */
export function poolGeometry(
  { kernel, stride, pad, layout }: PoolingAttrs,
  { inputs, outputs }: NodeShapes,
): PoolGeometry {
  const [from, to] = [imageSize(first(inputs), layout), imageSize(first(outputs), layout)];
  return {
    channels: from.channels,
    kernel,
    stride,
    pad: [pad[0], pad[1]],
    input: [from.height, from.width],
    output: [to.height, to.width],
    layout,
  };
}

/** The divisor of an average for each output pixel. */
export function windowCounts(attrs: PoolingAttrs, { inputs, outputs }: NodeShapes): Float64Array {
  const { rows, columns } = poolingWindows(attrs, first(inputs), first(outputs));
  return Float64Array.from(rows.flatMap((row) => columns.map((column) => row.count * column.count)));
}

/** The windows that count fewer elements than the kernel has; null: none. */
export function clippedWindows(attrs: PoolingAttrs, { inputs, outputs }: NodeShapes): ClippedWindows | null {
  const { rows, columns } = poolingWindows(attrs, first(inputs), first(outputs));
  const [height, width] = attrs.kernel;
  const total = rows.length * columns.length;
  const windows = total - wholeSpans(rows, height) * wholeSpans(columns, width);
  if (windows === 0) return null;
  const area = height * width;
  const kept = elementsOf(rows) * elementsOf(columns);
  const smallest = smallestOf(rows) * smallestOf(columns);
  return { windows, of: total, smallest, lacking: (total * area - kept) / (windows * area) };
}

const wholeSpans = (spans: readonly Span[], kernel: number): number =>
  spans.filter(({ count }) => count === kernel).length;

const elementsOf = (spans: readonly Span[]): number => spans.reduce((sum, { count }) => sum + count, 0);

const smallestOf = (spans: readonly Span[]): number =>
  spans.reduce((least, { count }) => Math.min(least, count), Infinity);
