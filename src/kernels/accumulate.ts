import { type Blocking, blockProduct } from './blocking.js';
import { boundCodes, type CodeBounds, type Codes, expectExactSums } from './codes.js';
import { lowerDepthwiseI32 } from './depthwise.js';
import type { Engine } from './engine.js';
import { type Epilogue, sumBytes } from './epilogue.js';
import {
  activationStrides,
  type ConvolutionGeometry,
  isDepthwise,
  isPointwise,
  layOutPlanes,
  type Planes,
  pixels,
  tapOffsets,
} from './geometry.js';
import { type Addresses, aligned, type Lowering } from './lowering.js';
import { stageRows } from './stage.js';
import { lowerWinogradI32, winogradTile } from './winograd.js';

/** Widths of the codes: 8 stands in int8, 16 in int16. */
export interface CodeBits {
  readonly input: number;
  readonly params: number;
}

/**
 * A lowering whose outputs are exact sums, always [channel][pixel], and the type they are written in. `fuse`: the same sums
 * handed to an epilogue strip by strip instead of stored; the outputs are the epilogue's. Absent where the sums must be
 * stored first.
 */
export interface Accumulation {
  readonly lowering: Lowering;
  readonly type: 'i32' | 'f64';
  readonly fuse?: (epilogue: Epilogue) => Lowering;
}

/**
 * Exact sums of a convolution on codes in the narrowest type that surely holds them; int8 sums below 2^31 in int32.
 * Throws `unsupported` for sums that float64 may not hold exactly.
 */
export function accumulateConvolution(
  geometry: ConvolutionGeometry,
  weights: Codes,
  bits: CodeBits,
): Accumulation & Required<Pick<Accumulation, 'fuse'>> {
  const bounds = boundCodes(weights, geometry.outChannels, bits.params);
  const narrow = bounds.sumsBelow(2 ** 31, bits.input);
  expectExactSums(bounds, bits.input);
  const fuse = (epilogue?: Epilogue): Lowering =>
    narrow
      ? lowerAccumulateI32(geometry, weights, bits.input, epilogue, bounds)
      : lowerAccumulateF64(geometry, weights, bits, epilogue);
  return { lowering: fuse(), type: narrow ? 'i32' : 'f64', fuse };
}

/** A convolution on codes as a matrix product. `split`: weights are `low + 256 * high`, both in -128..128, each summed in int32. */
interface CodeGemmPlan {
  readonly geometry: ConvolutionGeometry;
  readonly planes: Planes;
  readonly blocking: Blocking;
  readonly inputBits: number;
  /** Channels of a group: in, pairs of them, out, out in whole blocks of 4; pairs of products per output. */
  readonly channels: number;
  readonly pairs: number;
  readonly rows: number;
  readonly blockedRows: number;
  readonly depth: number;
  readonly split: boolean;
  readonly wide: boolean;
  /** Panels are packed straight from the input. */
  readonly direct: boolean;
  /** Bytes of one packed set of weights, and offsets into constants and scratch. */
  readonly packed: number;
  readonly offsets: number;
  readonly panels: number;
  readonly sums: number;
}

function planCodeGemm(geometry: ConvolutionGeometry, inputBits: number, wide: boolean, split: boolean): CodeGemmPlan {
  const channels = geometry.inChannels / geometry.group;
  const pairs = Math.ceil(channels / 2);
  const rows = geometry.outChannels / geometry.group;
  const blockedRows = Math.ceil(rows / 4) * 4;
  const depth = pairs * geometry.kernel[0] * geometry.kernel[1];
  const planes = layOutPlanes(geometry, true);
  const blocking = blockProduct(depth, pixels(geometry), wide ? EXACT_PAIRS : undefined);
  const packed = aligned(geometry.group * blockedRows * depth * 4);
  const direct = inputBits === 8 && isPointwise(geometry);
  const panels = direct ? 0 : aligned(geometry.group * pairs * planes.elements * 4);
  return {
    geometry,
    planes,
    blocking,
    inputBits,
    channels,
    pairs,
    rows,
    blockedRows,
    depth,
    split,
    wide,
    direct,
    packed,
    offsets: packed * (split ? 2 : 1),
    panels,
    sums: panels + aligned(blocking.depth * blocking.columns * 4),
  };
}

/**
 * Pairs whose products sum within int32: 252 pairs, 504 products of at most 2^15 * 128 = 2^22
 * (int16 times a byte half, or int8 times int16: 2^7 * 2^15), are below 2^31.
 */
const EXACT_PAIRS = 252;

/**
 * Exact int32 sums of a convolution on codes (int8 where `inputBits` is 8, else int16; NCHW or NHWC), always written
 * [channel][pixel]. The caller bounds the sums below 2^31 (`boundCodes`); padding counts as code 0.
 */
export function lowerAccumulateI32(
  geometry: ConvolutionGeometry,
  weights: Codes,
  inputBits = 8,
  epilogue?: Epilogue,
  bounds: CodeBounds = boundCodes(weights, geometry.outChannels),
): Lowering {
  if (isDepthwise(geometry)) return lowerDepthwiseI32(geometry, weights, inputBits, epilogue);
  const tile = winogradTile(geometry, bounds, inputBits);
  if (tile !== undefined) return lowerWinogradI32(geometry, weights, tile, epilogue);
  return lowerCodeGemm(planCodeGemm(geometry, inputBits, false, false), weights, epilogue);
}

/** The same in float64, for sums below 2^53: int32 sums over blocks of k that cannot overflow, added exactly. */
export function lowerAccumulateF64(
  geometry: ConvolutionGeometry,
  weights: Codes,
  bits: CodeBits,
  epilogue?: Epilogue,
): Lowering {
  return lowerCodeGemm(planCodeGemm(geometry, bits.input, true, bits.input > 8 && bits.params > 8), weights, epilogue);
}

/** Byte offsets an epilogue adds: its constants, and a strip of whole sums. */
interface Fused {
  readonly epilogue: Epilogue;
  readonly constants: number;
  readonly strip: number;
}

function lowerCodeGemm(plan: CodeGemmPlan, weights: Codes, epilogue?: Epilogue): Lowering {
  const cells = plan.rows * plan.blocking.columns;
  const constants = plan.offsets + aligned(plan.depth * 4);
  const scratch = plan.sums + (plan.wide ? aligned(cells * 4) * (plan.split ? 2 : 1) : 0);
  const fused = epilogue && { epilogue, constants, strip: scratch };
  return {
    constants: constants + (epilogue?.constants ?? 0),
    scratch: scratch + (epilogue === undefined ? 0 : aligned(cells * sumBytes(sumType(plan)))),
    prepare(engine, at) {
      const { heap } = engine;
      epilogue?.prepare(engine, at + constants);
      heap.i32(at + plan.offsets, plan.depth).set(tapOffsets(plan.geometry, plan.planes, plan.pairs));
      if (!plan.split) return packPairs(engine, plan, weights, at, WHOLE);
      packPairs(engine, plan, weights, at, LOW);
      packPairs(engine, plan, weights, at + plan.packed, HIGH);
    },
    run: (engine, at) => run(engine, at, plan, fused),
  };
}

const sumType = ({ wide }: CodeGemmPlan): 'i32' | 'f64' => (wide ? 'f64' : 'i32');

/** CodeGemmPlan of a code, as `pack_codes` numbers them. */
const [WHOLE, LOW, HIGH] = [0, 1, 2];

/** Weights group by group in blocks of 4 rows, [block][pair of channels, kernel row, kernel column][row][2]. */
function packPairs(
  { heap, kernels }: Engine,
  { geometry, channels, rows, blockedRows, depth }: CodeGemmPlan,
  weights: Codes,
  to: number,
  part: number,
): void {
  const taps = geometry.kernel[0] * geometry.kernel[1];
  const size = rows * channels * taps;
  for (let group = 0; group < geometry.group; group++) {
    stageRows(heap, weights.subarray(group * size, (group + 1) * size), rows, channels * taps, (from, row, count) =>
      kernels.pack_codes(from, to + (group * blockedRows + row) * depth * 4, count, channels, taps, part),
    );
  }
}

function run(engine: Engine, at: Addresses, plan: CodeGemmPlan, fused?: Fused): void {
  const { geometry, planes, blocking, direct } = plan;
  const [source, groupBytes] = direct
    ? [at.inputs[0]!, plan.channels * pixels(geometry)]
    : [at.scratch, plan.pairs * planes.elements * 4];
  for (let group = 0; group < geometry.group && !direct; group++)
    padGroup(engine, at, plan, group, source + group * groupBytes);
  for (let first = 0; first < pixels(geometry); first += blocking.columns) {
    for (let group = 0; group < geometry.group; group++)
      runStrip(engine, at, plan, group, first, source + group * groupBytes, fused);
  }
}

/** A pair of channels never straddles two groups. */
function padGroup(
  { kernels }: Engine,
  at: Addresses,
  { geometry, planes, inputBits, channels }: CodeGemmPlan,
  group: number,
  target: number,
): void {
  const { inChannels, input, layout, pad } = geometry;
  const strides = activationStrides(inChannels, input, layout, inputBits / 8);
  const copy = inputBits === 8 ? kernels.pad_i8 : kernels.pad_i16;
  copy(
    at.inputs[0]! + group * channels * strides[0],
    target,
    channels,
    ...strides,
    ...input,
    pad[0],
    pad[1],
    planes.rows,
    planes.columns,
    planes.rowStep,
    planes.columnStep,
    planes.phases,
  );
}

/** One group's sums for the pixels of one strip, to the output or to an epilogue. */
function runStrip(
  engine: Engine,
  at: Addresses,
  plan: CodeGemmPlan,
  group: number,
  first: number,
  source: number,
  fused?: Fused,
): void {
  const total = pixels(plan.geometry);
  const count = Math.min(plan.blocking.columns, total - first);
  const type = sumType(plan);
  const channel = group * plan.rows;
  if (fused === undefined) {
    const address = at.outputs[0]! + (channel * total + first) * sumBytes(type);
    sumStrip(engine, at, plan, group, first, count, source, address, total);
    return;
  }
  const address = at.scratch + fused.strip;
  sumStrip(engine, at, plan, group, first, count, source, address, count);
  const range = { channel, channels: plan.rows, pixel: first, pixels: count };
  fused.epilogue.apply(engine, { address, stride: count, type }, range, at.outputs, at.constants + fused.constants);
}

/** The sums of a strip, k block by k block. */
function sumStrip(
  { kernels }: Engine,
  at: Addresses,
  plan: CodeGemmPlan,
  group: number,
  first: number,
  count: number,
  source: number,
  target: number,
  stride: number,
): void {
  const { planes, blocking, rows, depth, channels } = plan;
  const total = pixels(plan.geometry);
  const panels = at.scratch + plan.panels;
  const low = at.scratch + plan.sums;
  const high = plan.split ? low + aligned(rows * blocking.columns * 4) : 0;
  for (let k = 0; k < depth; k += blocking.depth) {
    const part = Math.min(blocking.depth, depth - k);
    const a = at.constants + (group * plan.blockedRows * depth + k * 4) * 4;
    if (plan.direct)
      kernels.pack_pairs_i8(source + 2 * k * total + first, panels, Math.min(2 * part, channels - 2 * k), total, count);
    else
      kernels.pack_panels(
        source,
        panels,
        at.constants + plan.offsets + k * 4,
        part,
        planes.width,
        planes.rowBytes,
        first,
        count,
      );
    if (!plan.wide) {
      kernels.gemm_i16(a, depth * 4, panels, target, stride, rows, count, part, k > 0 ? 1 : 0);
      continue;
    }
    kernels.gemm_i16(a, depth * 4, panels, low, count, rows, count, part, 0);
    if (plan.split) kernels.gemm_i16(a + plan.packed, depth * 4, panels, high, count, rows, count, part, 0);
    kernels.widen_sums(low, high, count, target, stride, rows, count, k > 0 ? 1 : 0);
  }
}
