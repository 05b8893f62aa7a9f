import { type Epilogue, type OutputShape, placed } from './epilogue.js';
import type { Heap } from './heap.js';
import { aligned } from './lowering.js';

/** Triples of an entry, and bias codes: one of each per channel, or one for all. */
export interface Multipliers {
  readonly prescale: ArrayLike<number>;
  readonly scale: ArrayLike<number>;
  readonly postscale: ArrayLike<number>;
  /** v2: `quantizeBias`; v3: `quantizeBiasV3` within 24 bits (8-bit form) or the upper 32 of 48 bits. Absent: 0. */
  readonly bias?: ArrayLike<number>;
}

/** A layer's end on the overlay. */
export interface OverlayEnd {
  readonly overlay: 'v2' | 'v3';
  /** `bw_layer_in` picks the form, `bw_layer_out` the range of the output. */
  readonly bitsIn: number;
  readonly bitsOut: number;
  readonly positive: Multipliers;
  /** Used instead where the output is below 0: leaky ReLU, PReLU. */
  readonly negative?: Multipliers;
  /** ReLU: 0. */
  readonly floor?: number;
  /** ReLU6: its code. */
  readonly ceiling?: number;
}

/**
 * OVERLAY.md, interLayerV2 and interLayerV3 with bias and activation, exact for |acc + bias| below 2^51 and
 * |scale| below 2^17. Outputs [codes, counters]; the second one optional: three int32 that grow by the values
 * clipped before scaling, clipped on output (what the activation cuts away anyway is no clip), and, in the 8-bit form,
 * sums beyond 24 signed bits. Sums in any type: where there is no accumulator, codes stand in.
 */
export function overlayEpilogue(shape: OutputShape, end: OverlayEnd): Epilogue {
  const table = aligned(shape.channels * 32);
  const sets = end.negative === undefined ? [end.positive] : [end.positive, end.negative];
  const fast = sets.every((set) => fitsFast(end, set));
  const plain = isPlain(end);
  const high = 2 ** (end.bitsOut - 1) - 1;
  const [preLow, preHigh] = prescaleRange(end);
  const limit = end.bitsIn === 8 ? 8388608 : Infinity;
  return {
    shape,
    // Every set twice: as the general kernels and as the 8-bit kernels read it.
    constants: 2 * table * sets.length,
    prepare({ heap }, at) {
      sets.forEach((set, index) => {
        const general = parametersOf(shape.channels, end, set);
        heap.f64(at + 2 * table * index, general.length).set(general);
        if (fast) writeFast(heap, at + 2 * table * index + table, end, set, general);
      });
    },
    apply({ kernels }, { address, stride, type }, range, outputs, constants) {
      if (fast && type === 'i32' && outputs[1] === undefined) {
        const first = constants + table + range.channel * 16;
        (end.overlay === 'v2' ? kernels.overlay_v2_i32_i8 : kernels.overlay_v3_i32_i8)(
          address,
          stride,
          ...placed(shape, range, outputs[0]!, 1),
          first,
          end.negative === undefined ? 0 : first + 2 * table,
          end.floor ?? -128,
          Math.min(127, end.ceiling ?? 127),
        );
        return;
      }
      if (plain && type === 'i8' && shape.channels === 1 && outputs[1] === undefined) {
        const [scale, post] = [end.positive.scale[0]!, Math.min(30, end.positive.postscale[0]!)];
        kernels.overlay_rescale_i8(
          address,
          outputs[0]! + range.pixel,
          range.pixels,
          scale,
          post,
          end.floor ?? -128,
          Math.min(127, end.ceiling ?? 127),
        );
        return;
      }
      const positive = constants + range.channel * 32;
      const negative = end.negative === undefined ? 0 : positive + 2 * table;
      const place = placed(shape, range, outputs[0]!, end.bitsOut / 8);
      kernels[`overlay_${type}_${end.bitsOut === 8 ? 'i8' : 'i16'}`](
        address,
        stride,
        ...place,
        positive,
        negative,
        preLow,
        preHigh,
        -high - 1,
        high,
        end.floor ?? -high - 1,
        Math.min(high, end.ceiling ?? high),
        limit,
        outputs[1] ?? 0,
      );
    },
  };
}

/** What the value is clamped to before it is scaled; the 8-bit form of v3 has no such clamp. */
function prescaleRange({ overlay, bitsIn, bitsOut }: OverlayEnd): [number, number] {
  if (overlay === 'v2') return [-(2 ** (bitsOut - 1)), 2 ** (bitsOut - 1) - 1];
  return bitsIn === 8 ? [-Infinity, Infinity] : [-8388608, 8388607];
}

/** Offset, 2^-pre, scale * 2^-post and bias of every channel, as the overlay kernels read them. */
function parametersOf(
  channels: number,
  { overlay, bitsIn }: OverlayEnd,
  { prescale, scale, postscale, bias }: Multipliers,
): Float64Array {
  const result = new Float64Array(channels * 4);
  const of = (values: ArrayLike<number>, channel: number): number => values[values.length === 1 ? 0 : channel]!;
  for (let c = 0; c < channels; c++) {
    const code = bias === undefined ? 0 : of(bias, c);
    const before = overlay === 'v2' ? 0 : bitsIn === 8 ? code : code * 65536;
    const pre = overlay === 'v3' && bitsIn === 8 ? 0 : of(prescale, c);
    result.set([before, 2 ** -pre, of(scale, c) * 2 ** -of(postscale, c), overlay === 'v2' ? code : 0], c * 4);
  }
  return result;
}

/** Whether the 8-bit kernels hold these triples: the limits of the overlays, and what int32 holds. */
function fitsFast(
  { bitsIn, bitsOut, overlay }: OverlayEnd,
  { prescale, scale, postscale, bias }: Multipliers,
): boolean {
  const within = (values: ArrayLike<number>, most: number): boolean =>
    Array.from(values).every((value) => value >= 0 && value <= most);
  if (bitsIn !== 8 || bitsOut !== 8 || !within(scale, 65535)) return false;
  if (overlay === 'v3') return within(postscale, 40);
  return (
    within(scale, 255) &&
    within(prescale, 24) &&
    within(postscale, 8) &&
    Array.from(bias ?? []).every((code) => Math.abs(code) < 128)
  );
}

/** Whether codes are multiplied and shifted, no more: from 31 bits on a shift leaves 0 as one by 30 does. */
function isPlain({ overlay, bitsIn, bitsOut, positive, negative }: OverlayEnd): boolean {
  const all = (values: ArrayLike<number>, test: (value: number) => boolean): boolean => Array.from(values).every(test);
  const unshifted = overlay === 'v3' || all(positive.prescale, (shift) => shift === 0);
  const narrow = bitsIn === 8 && bitsOut === 8 && all(positive.scale, (scale) => scale >= 0 && scale <= 65535);
  return narrow && unshifted && negative === undefined && all(positive.bias ?? [], (code) => code === 0);
}

/** Parameters of the 8-bit kernels: v2 pre, scale, post, bias as int32; v3 factor and offset as float64. */
function writeFast(
  heap: Heap,
  at: number,
  { overlay }: OverlayEnd,
  { prescale, scale, postscale }: Multipliers,
  general: Float64Array,
): void {
  const channels = general.length / 4;
  const of = (values: ArrayLike<number>, channel: number): number => values[values.length === 1 ? 0 : channel]!;
  for (let c = 0; c < channels; c++) {
    const [offset, , factor, bias] = general.subarray(c * 4, c * 4 + 4) as unknown as [number, number, number, number];
    if (overlay === 'v2') heap.i32(at + c * 16, 4).set([of(prescale, c), of(scale, c), of(postscale, c), bias]);
    else heap.f64(at + c * 16, 2).set([factor, offset * factor + 2 ** -(of(postscale, c) + 2)]);
  }
}
