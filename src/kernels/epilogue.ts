import { fail } from '../error.js';
import type { Layout } from '../tensor.js';
import type { Engine } from './engine.js';
import { type Activation, aligned, channelBytes, finishing, type Lowering, writeFinish } from './lowering.js';

/** What sums (or codes in their place) are written in. */
export type SumType = 'i32' | 'f64' | 'i8' | 'i16';
const BYTES = { i32: 4, f64: 8, i8: 1, i16: 2 };

/** Sums of some channels and pixels on the heap, rows of pixels `stride` elements apart. */
export interface Sums {
  readonly address: number;
  readonly stride: number;
  readonly type: SumType;
}

/** The part of an output that a call of `apply` makes. */
export interface Range {
  readonly channel: number;
  readonly channels: number;
  readonly pixel: number;
  readonly pixels: number;
}

/** Sizes and layout of a whole output. */
export interface OutputShape {
  readonly channels: number;
  readonly pixels: number;
  readonly layout: Layout;
}

/**
 * What becomes of exact sums. On its own it runs over all of them (`lowerEpilogue`); fused into an accumulation it
 * runs on every strip while that is still in the cache, and the sums are never stored.
 */
export interface Epilogue {
  readonly shape: OutputShape;
  readonly constants: number;
  prepare(engine: Engine, at: number): void;
  apply(engine: Engine, sums: Sums, range: Range, outputs: readonly number[], constants: number): void;
}

/** An epilogue over stored sums: inputs [sums [channel][pixel]], outputs as the epilogue says. */
export function lowerEpilogue(epilogue: Epilogue, type: SumType): Lowering {
  const { channels, pixels } = epilogue.shape;
  return {
    constants: epilogue.constants,
    scratch: 0,
    prepare: (engine, at) => epilogue.prepare(engine, at),
    run(engine, at) {
      const range = { channel: 0, channels, pixel: 0, pixels };
      epilogue.apply(engine, { address: at.inputs[0]!, stride: pixels, type }, range, at.outputs, at.constants);
    },
  };
}

/** Where a range begins in an output, and its strides: address, channel stride, pixel stride, channels, pixels. */
export function placed(
  { channels, pixels, layout }: OutputShape,
  range: Range,
  at: number,
  bytes: number,
): [number, number, number, number, number] {
  return layout === 'NCHW'
    ? [at + (range.channel * pixels + range.pixel) * bytes, pixels, 1, range.channels, range.pixels]
    : [at + (range.pixel * channels + range.channel) * bytes, 1, channels, range.channels, range.pixels];
}

/** A layer's end in the walk: y = float32(acc * (stepIn * stepParams[c]) + bias[c]), then the activation. */
export interface GridEnd {
  /** The float32 grid steps (`sf`) of the input and of each output channel's weights. */
  readonly stepIn: number;
  readonly stepParams: ArrayLike<number>;
  readonly bias: Float32Array | null;
  readonly activation?: Activation | undefined;
}

/** Codes of a known threshold: `bits` wide, `step` the float32 grid step. */
export interface CodeTarget {
  readonly bits: number;
  readonly threshold: number;
  readonly step: number;
}

/**
 * QUANTIZER.md, section 4, "Exact accumulation". Without `target`: outputs [float32 values, extremes], the second one
 * optional: two float32, the largest and smallest |y| so far, joined with what stands there (start with 0 and the
 * largest float32). With `target`: outputs [codes], the same value rounded at once (`fq`). From int32 or float64 sums.
 */
export function gridEpilogue(shape: OutputShape, end: GridEnd, target?: CodeTarget): Epilogue {
  const bias = aligned((shape.channels + 3) * 8);
  const slopes = bias + channelBytes(shape.channels);
  return {
    shape,
    constants: slopes + channelBytes(shape.channels),
    prepare({ heap }, at) {
      const scales = heap.f64(at, shape.channels);
      for (let c = 0; c < shape.channels; c++) scales[c] = end.stepIn * end.stepParams[c]!;
      writeFinish(heap, at + bias, at + slopes, shape.channels, end.bias, end.activation);
    },
    apply({ kernels }, { address, stride, type }, range, outputs, constants) {
      const at = range.channel * 4;
      const [slope, low, high] = finishing(constants + slopes + at, end.activation);
      const parameters = [constants + 2 * at, constants + bias + at, slope, low, high] as const;
      const wide = wideSums(type) === 'f64';
      if (target === undefined) {
        const place = placed(shape, range, outputs[0]!, 4);
        (wide ? kernels.grid_f64 : kernels.grid_i32)(address, stride, ...place, ...parameters, outputs[1] ?? 0);
        return;
      }
      const place = placed(shape, range, outputs[0]!, target.bits / 8);
      const narrow = target.bits === 8;
      const kernel = wide
        ? narrow
          ? kernels.grid_f64_i8
          : kernels.grid_f64_i16
        : narrow
          ? kernels.grid_i32_i8
          : kernels.grid_i32_i16;
      kernel(address, stride, ...place, ...parameters, target.threshold, target.step);
    },
  };
}

function wideSums(type: SumType): 'i32' | 'f64' {
  return type === 'i32' || type === 'f64'
    ? type
    : fail('internal', 'grid epilogue', `expected int32 or float64 sums, got ${type}.`);
}

/** Bytes a strip of sums takes. */
export function sumBytes(type: SumType): number {
  return BYTES[type];
}
