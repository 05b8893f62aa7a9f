import type { Layout } from '../tensor.js';

/** A convolution on one image. Weights are OIHW; `input` and `output` are spatial sizes, `pad` top, left, bottom, right. */
export interface ConvolutionGeometry {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly group: number;
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly pad: readonly [number, number, number, number];
  readonly dilation: readonly [number, number];
  readonly input: readonly [number, number];
  readonly output: readonly [number, number];
  readonly layout: Layout;
}

/** Padded planes the panels are cut from: how they are copied, and where a tap stands in them. */
export interface Planes {
  /** False: the input itself serves, nothing is copied. */
  readonly copied: boolean;
  readonly rows: number;
  readonly columns: number;
  readonly phases: number;
  readonly rowStep: number;
  readonly columnStep: number;
  /** 32-bit elements of one plane (a channel, or a pair of channels of codes). */
  readonly elements: number;
  /** Output pixels per row as the panels see them, and bytes from one such row to the next in a plane. */
  readonly width: number;
  readonly rowBytes: number;
  /** Byte offset in a plane of the tap at kernel row `y`, column `x`. */
  tap(y: number, x: number): number;
}

/** Number of output pixels. */
export function pixels(geometry: ConvolutionGeometry): number {
  return geometry.output[0] * geometry.output[1];
}

/**
 * Lays out planes of 32-bit elements for a convolution. A strided convolution reads columns of one phase, so
 * the copy splits columns by phase and every panel is cut from neighbours; a 1 x 1 kernel copies only what it reads.
 * `mustCopy`: the input is not planes of 32-bit elements (codes).
 */
export function layOutPlanes(geometry: ConvolutionGeometry, mustCopy: boolean): Planes {
  const [top, left] = geometry.pad;
  const [height, width] = geometry.output;
  const inside =
    top === 0 && left === 0 && reach(geometry, 0) <= geometry.input[0] && reach(geometry, 1) <= geometry.input[1];
  const copied = mustCopy || geometry.layout === 'NHWC' || !inside || geometry.stride[1] > 1;
  const shape = copied
    ? copyShape(geometry)
    : { rows: geometry.input[0], columns: geometry.input[1], phases: 1, rowStep: 1, columnStep: 1 };
  const line = shape.phases * shape.columns;
  const rowBytes = (geometry.stride[0] / shape.rowStep) * line * 4;
  const flat = rowBytes === width * 4;
  const [down, across] = geometry.dilation;
  return {
    ...shape,
    copied,
    elements: shape.rows * line,
    rowBytes,
    width: flat ? width * height : width,
    tap: (y, x) =>
      4 *
      (y * down * line +
        ((x * across) % shape.columnStep) * shape.columns +
        Math.floor((x * across) / shape.columnStep)),
  };
}

/** Rows (axis 0) or columns (axis 1) of the padded input that the outputs touch. */
function reach({ output, stride, kernel, dilation }: ConvolutionGeometry, axis: 0 | 1): number {
  return (output[axis] - 1) * stride[axis] + (kernel[axis] - 1) * dilation[axis] + 1;
}

function copyShape(
  geometry: ConvolutionGeometry,
): Pick<Planes, 'rows' | 'columns' | 'phases' | 'rowStep' | 'columnStep'> {
  // One column of outputs has no stride.
  const columnStep = geometry.output[1] === 1 ? 1 : geometry.stride[1];
  const phases = geometry.kernel[1] === 1 ? 1 : columnStep;
  const columns = geometry.kernel[1] === 1 ? geometry.output[1] : Math.ceil(reach(geometry, 1) / columnStep);
  return geometry.kernel[0] === 1
    ? { rows: geometry.output[0], columns, phases, rowStep: geometry.stride[0], columnStep }
    : { rows: reach(geometry, 0), columns, phases, rowStep: 1, columnStep };
}

/** Byte strides of an activation: channel, row, column. */
export function activationStrides(
  channels: number,
  [height, width]: readonly [number, number],
  layout: Layout,
  bytes: number,
): [number, number, number] {
  return layout === 'NCHW'
    ? [height * width * bytes, width * bytes, bytes]
    : [bytes, width * channels * bytes, channels * bytes];
}

/** Byte offset of every k = (plane, kernel row, kernel column) in the planes. */
export function tapOffsets({ kernel }: ConvolutionGeometry, planes: Planes, count: number): number[] {
  const offsets: number[] = [];
  for (let plane = 0; plane < count; plane++) {
    for (let y = 0; y < kernel[0]; y++) {
      for (let x = 0; x < kernel[1]; x++) offsets.push(plane * planes.elements * 4 + planes.tap(y, x));
    }
  }
  return offsets;
}

/** Every input channel is a group of its own. */
export function isDepthwise(geometry: ConvolutionGeometry): boolean {
  return geometry.group === geometry.inChannels && geometry.group > 1;
}

/** A 1 x 1 convolution whose outputs stand where its inputs do, plane by plane. */
export function isPointwise({ kernel, stride, pad, layout, input, output }: ConvolutionGeometry): boolean {
  const same = kernel[0] * kernel[1] * stride[0] * stride[1] === 1 && pad.every((size) => size === 0);
  return same && layout === 'NCHW' && input[0] === output[0] && input[1] === output[1];
}
