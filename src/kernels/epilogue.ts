import { fail } from '../error.js';
import type { Layout } from '../tensor.js';
import type { Engine } from './engine.js';
import { type Activation, aligned, channelBytes, finishing, type Lowering, writeFinish } from './lowering.js';

/** Element types of sums, and of the codes that an epilogue may take instead. */
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
 * A computation on exact sums. `lowerEpilogue` runs it over stored sums. Fused into an accumulation it runs on every strip
 * while the strip is in the cache, and the sums are never stored.
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

/** The location of a range in an output: address, channel stride, pixel stride, channels, pixels; strides in elements. */
export function locationIn(
  { channels, pixels, layout }: OutputShape,
  range: Range,
  at: number,
  bytes: number,
): [number, number, number, number, number] {
  return layout === 'NCHW'
    ? [at + (range.channel * pixels + range.pixel) * bytes, pixels, 1, range.channels, range.pixels]
    : [at + (range.pixel * channels + range.channel) * bytes, 1, channels, range.channels, range.pixels];
}

/** From sums to float32 in the walk: y = float32(acc * (stepIn * stepParams[c]) + bias[c]), then the activation. */
export interface GridFinish {
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
 * The walk's values from int32 or float64 sums (docs/spec/quantizer.md, section 4, "Exact accumulation"). Without `target`
 * the outputs are float32 values and, optionally, extremes: two float32, which become the larger of the first and every |y|
 * and the smaller of the second and every |y|. With `target` the output is codes, the same values rounded at once (`fq`).
 */
export function gridEpilogue(shape: OutputShape, finish: GridFinish, target?: CodeTarget): Epilogue {
  const bias = aligned((shape.channels + 3) * 8);
  const slopes = bias + channelBytes(shape.channels);
  return {
    shape,
    constants: slopes + channelBytes(shape.channels),
    prepare({ heap }, at) {
      const scales = heap.f64(at, shape.channels);
      for (let c = 0; c < shape.channels; c++) scales[c] = finish.stepIn * finish.stepParams[c]!;
      writeFinish(heap, at + bias, at + slopes, shape.channels, finish.bias, finish.activation);
    },
    apply({ kernels }, { address, stride, type }, range, outputs, constants) {
      const at = range.channel * 4;
      const [slope, low, high] = finishing(constants + slopes + at, finish.activation);
      const parameters = [constants + 2 * at, constants + bias + at, slope, low, high] as const;
      const wide = wideSums(type) === 'f64';
      if (target === undefined) {
        const place = locationIn(shape, range, outputs[0]!, 4);
        (wide ? kernels.grid_f64 : kernels.grid_i32)(address, stride, ...place, ...parameters, outputs[1] ?? 0);
        return;
      }
      const place = locationIn(shape, range, outputs[0]!, target.bits / 8);
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
