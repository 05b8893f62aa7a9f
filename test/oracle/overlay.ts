/**
 * One image on the overlay, as `docs/spec/overlay.md`, "Layers on the overlay", tells it: a dictionary of codes, layer
 * after layer.
 */
import {
  avgPool,
  quantizeBias,
  quantizeBiasV3,
  quantizeTensor,
  quantizeWeights,
  unquantizeTensor,
} from '../../src/fixed/index.js';
import type { ValueId } from '../../src/graph/graph.js';
import { opOf } from '../../src/ops/index.js';
import { decompose, type LimitsForm, limitsOf, type OverlayName, type Triple } from '../../src/scaling/index.js';
import { accumulate, activate, ceilingOf, m, roundHalfEven, slopeOf, step, windows } from './arithmetic.js';
import type { Layer, Network } from './network.js';
import type { Entry } from './walk.js';

const f32 = Math.fround;

interface Codes {
  readonly codes: number[];
  readonly th: number;
  readonly bw: number;
}
/** A value on the host; after an LRN with the threshold that passed through. */
interface Floats {
  readonly float: Float32Array;
  readonly passed?: { readonly th: number; readonly bw: number };
}
/** A value on the overlay, or on the host. */
export type OnOverlay = Codes | Floats;

/** What a leaky rectifier starts from again: sums, and what becomes of one under a slope. */
interface Again {
  readonly acc: number[];
  finish(acc: number, index: number, slope: number): number;
}

const rsh = (v: bigint, s: number): bigint => (s > 0 ? ((v >> BigInt(s - 1)) + 1n) >> 1n : v);
const clamp = (v: bigint, lo: number, hi: number): bigint =>
  v < BigInt(lo) ? BigInt(lo) : v > BigInt(hi) ? BigInt(hi) : v;

/** `interLayerV2` and `interLayerV3` with the form of the input's width and the ends of the output's. */
function interLayer(
  overlay: OverlayName,
  { prescale_shift: pre, scale, postscale_shift: post }: Triple,
  acc: number,
  bias: number,
  bwIn: number,
  bwOut: number,
): number {
  const [lo, hi] = [-m(bwOut) - 1, m(bwOut)];
  if (overlay === 'v2') return Number(clamp(rsh(clamp(rsh(BigInt(acc), pre), lo, hi) * BigInt(scale), post), lo, hi));
  if (bwIn === 8) return Number(clamp(rsh(BigInt(acc + bias) * BigInt(scale), post), lo, hi));
  return Number(
    clamp(rsh(clamp(rsh(BigInt(acc) + BigInt(bias) * 65536n, pre), -8388608, 8388607) * BigInt(scale), post), lo, hi),
  );
}

export function runOnOverlay(
  { layers, shapes }: Network,
  image: Float32Array,
  entries: readonly Entry[],
  overlay: OverlayName,
): Map<ValueId, OnOverlay> {
  const values = new Map<ValueId, OnOverlay>();
  const again = new Map<ValueId, Again>();
  const entryOf = (layer: Layer): Entry | undefined => entries.find(({ name }) => name === layer.name);
  const channelOf = (id: ValueId): ((index: number) => number) => {
    const shape = shapes.get(id)!;
    const inner = shape.slice(2).reduce((a, b) => a * b, 1);
    return (index) => Math.floor(index / inner) % shape[1]!;
  };

  /** The first consumer that has an entry, seen through shape-only layers, Pooling and LRN: branch after branch. */
  const firstEntry = (id: ValueId): Entry | undefined => {
    for (const layer of layers.filter(({ bottoms }) => bottoms.includes(id))) {
      const entry = entryOf(layer);
      const through = ['shape', 'pool', 'lrn'].includes(layer.kind) ? layer.tops : [];
      const found = entry ?? through.map(firstEntry).find((each) => each !== undefined);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const floatOf = (id: ValueId): Float32Array => {
    const value = values.get(id)!;
    return 'float' in value
      ? value.float
      : Float32Array.from(value.codes, (code) => unquantizeTensor(value.th, value.bw, code));
  };
  const quantized = (float: Float32Array, th: number, bw: number): Codes => ({
    codes: Array.from(float, (x) => quantizeTensor(th, bw, x)),
    th,
    bw,
  });
  const fromHost = (id: ValueId, float: Float32Array): void => void values.set(id, { float });
  /** A value as the overlay gets it: the host's quantized as the network input is, for whom it may concern first. */
  const sent = (id: ValueId, th?: number, bw?: number): Codes | undefined => {
    const value = values.get(id)!;
    if ('codes' in value) return value;
    const entry = firstEntry(id);
    const grid =
      value.passed ??
      (entry && { th: entry.th_layer_in, bw: entry.bw_layer_in }) ??
      (th === undefined ? undefined : { th, bw: bw! });
    return grid && quantized(value.float, grid.th, grid.bw);
  };
  /** A value on a grid, times the size of a coefficient. */
  const onGrid = (id: ValueId, th: number, bw: number, coefficient = 1): number[] => {
    const { codes, ...from } = sent(id, th, bw)!;
    const size = Math.abs(coefficient);
    const sign = coefficient < 0 ? -1 : 1;
    if (from.th === th && from.bw === bw && size === 1) return codes.map((code) => sign * code);
    const to = step(th, bw);
    const triple = decompose(
      to === 0 ? 0 : f32(f32(step(from.th, from.bw) / to) * f32(size)),
      limitsOf('Rescaling', bw, overlay),
    );
    return codes.map((code) => sign * interLayer(overlay, triple, code, 0, bw, bw));
  };
  const evaluate = (layer: Layer): Float32Array[] => {
    const params =
      layer.weights === undefined
        ? layer.node.params
        : [
            { shape: [layer.weights.length], data: layer.weights },
            ...(layer.bias ? [{ shape: [layer.bias.length], data: layer.bias }] : []),
          ];
    const attrs =
      layer.op === 'inner-product' && layer.weights !== undefined ? { ...layer.attrs, transpose: false } : layer.attrs;
    const tops = layer.tops.map((id) => ({
      shape: shapes.get(id)!,
      data: new Float32Array(shapes.get(id)!.reduce((a, b) => a * b, 1)),
    }));
    opOf(layer).reference(
      { ...layer.node, attrs, params } as any,
      layer.bottoms.map((id) => ({ shape: shapes.get(id)!, data: floatOf(id) })),
      tops,
      'NCHW',
    );
    return tops.map(({ data }) => data);
  };
  const onHost = (layer: Layer): void => evaluate(layer).forEach((float, top) => fromHost(layer.tops[top]!, float));

  const weighted = (layer: Layer, entry: Entry): void => {
    const [from, to] = [layer.bottoms[0]!, layer.tops[0]!];
    const { th_layer_in, th_layer_out, bw_layer_in, bw_layer_out } = entry;
    const [thParams, bwParams] = [entry.th_params!, entry.bw_params!];
    const depth = layer.weights!.length / layer.channels!;
    const weights = Array.from(layer.weights!, (w, i) =>
      quantizeWeights(thParams[Math.floor(i / depth)]!, bwParams, w),
    );
    const acc = accumulate(layer, onGrid(from, th_layer_in, bw_layer_in), shapes.get(from)!, shapes.get(to)!, weights);
    const channel = layer.op === 'inner-product' ? (index: number) => index : channelOf(to);
    const form = (
      {
        convolution: 'Convolution',
        deconvolution: 'Deconvolution',
        'inner-product': 'InnerProduct',
        scale: 'Scale',
      } as Record<string, LimitsForm>
    )[layer.op]!;
    const scaled = (sum: number, c: number, triple: Triple, bias: number): number => {
      if (overlay === 'v3') {
        const code = quantizeBiasV3(th_layer_in, thParams[c]!, bw_layer_in, layer.bias?.[c] ?? 0, bwParams);
        return interLayer(
          'v3',
          triple,
          sum,
          bw_layer_in === 8 ? Math.min(code, 8388607) : code,
          bw_layer_in,
          bw_layer_out,
        );
      }
      const code =
        interLayer('v2', triple, sum, 0, bw_layer_in, bw_layer_out) + quantizeBias(th_layer_out, bw_layer_out, bias);
      return Math.max(-m(bw_layer_out) - 1, Math.min(m(bw_layer_out), code));
    };
    const triples = Array.from({ length: layer.channels! }, (_, c) => tripleOf(entry, c));
    values.set(to, {
      codes: acc.map((sum, i) => scaled(sum, channel(i), triples[channel(i)]!, layer.bias?.[channel(i)] ?? 0)),
      th: th_layer_out,
      bw: bw_layer_out,
    });
    again.set(to, {
      acc,
      finish(sum, index, slope) {
        const c = channel(index);
        const [sfIn, sfOut] = [step(th_layer_in, bw_layer_in), step(th_layer_out, bw_layer_out)];
        const multiplier = sfOut === 0 ? 0 : f32(f32(sfIn * step(thParams[c]!, bwParams)) / sfOut);
        return scaled(
          sum,
          c,
          decompose(f32(multiplier * f32(slope)), limitsOf(form, bw_layer_in, overlay)),
          f32((layer.bias?.[c] ?? 0) * slope),
        );
      },
    });
  };

  const activation = (layer: Layer): void => {
    const [from, to] = [layer.bottoms[0]!, layer.tops[0]!];
    const value = values.get(from)!;
    if ('float' in value && value.passed === undefined)
      return fromHost(to, activate(layer, value.float, shapes.get(from)!));
    const { codes, th, bw } = sent(from)!;
    const slope = slopeOf(layer, shapes.get(from)!);
    const most = ceilingOf(layer);
    const ceiling = most < Infinity ? roundHalfEven(f32(most / step(th, bw))) : Infinity;
    const start = again.get(from) ?? {
      acc: codes,
      finish: (code: number, _index: number, each: number) =>
        interLayer(overlay, decompose(each, limitsOf('Rescaling', bw, overlay)), code, 0, bw, bw),
    };
    const result = codes.map((y, i) =>
      y >= 0 ? Math.min(y, ceiling) : slope(i) === 0 ? 0 : start.finish(start.acc[i]!, i, slope(i)),
    );
    values.set(to, { codes: result, th, bw });
  };

  const pool = (layer: Layer): void => {
    const [from, to] = [layer.bottoms[0]!, layer.tops[0]!];
    const value = values.get(from)!;
    const entry = layer.attrs.operation === 'average' ? entryOf(layer) : undefined;
    if (entry === undefined && 'float' in value && value.passed === undefined) return onHost(layer);
    const { codes, th, bw } =
      entry === undefined
        ? sent(from)!
        : { codes: onGrid(from, entry.th_layer_in, entry.bw_layer_in), th: entry.th_layer_out, bw: entry.bw_layer_out };
    const all = windows(layer, codes, shapes.get(from)!, shapes.get(to)!);
    if (layer.attrs.operation === 'max')
      return void values.set(to, { codes: all.map((each) => Math.max(...each.values)), th, bw });
    const area = layer.attrs.kernel[0] * layer.attrs.kernel[1];
    const common = decompose(f32(1 / area), limitsOf('AveragePooling', bw, overlay));
    const channel = channelOf(to);
    values.set(to, {
      codes: all.map((each, i) => {
        const { scale, postscale_shift } = entry === undefined ? common : tripleOf(entry, channel(i));
        return avgPool(
          each.values.reduce((a, b) => a + b, 0),
          scale,
          postscale_shift,
          bw,
        );
      }),
      th,
      bw,
    });
  };

  /** Moves codes or floats. */
  const shapeOnly = (layer: Layer): void => {
    const value = values.get(layer.bottoms[0]!)!;
    const tops = layer.tops.map((id) => ({
      shape: shapes.get(id)!,
      data: new Float64Array(shapes.get(id)!.reduce((a, b) => a * b, 1)),
    }));
    const data = Float64Array.from('float' in value ? value.float : value.codes);
    opOf(layer.node).reference(layer.node as any, [{ shape: shapes.get(layer.bottoms[0]!)!, data }], tops, 'NCHW');
    layer.tops.forEach((id, top) =>
      values.set(
        id,
        'float' in value
          ? { ...value, float: Float32Array.from(tops[top]!.data) }
          : { ...value, codes: [...tops[top]!.data] },
      ),
    );
  };

  const lrn = (layer: Layer): void => {
    const value = values.get(layer.bottoms[0]!)!;
    const passed = 'codes' in value ? { th: value.th, bw: value.bw } : value.passed;
    values.set(layer.tops[0]!, { float: evaluate(layer)[0]!, ...(passed && { passed }) });
  };

  const concat = (layer: Layer): void => {
    const entry = firstEntry(layer.tops[0]!);
    if (
      layer.bottoms.every((id) => {
        const value = values.get(id)!;
        return 'float' in value && value.passed === undefined;
      })
    )
      return onHost(layer);
    const first = layer.bottoms.map((id) => sent(id)).find((value) => value !== undefined)!;
    const [th, bw] = entry === undefined ? [first.th, first.bw] : [entry.th_layer_in, entry.bw_layer_in];
    const inputs = layer.bottoms.map((id) => ({ shape: shapes.get(id)!, data: Float64Array.from(onGrid(id, th, bw)) }));
    const shape = shapes.get(layer.tops[0]!)!;
    const data = new Float64Array(shape.reduce((a, b) => a * b, 1));
    opOf(layer.node).reference(layer.node as any, inputs, [{ shape, data }], 'NCHW');
    values.set(layer.tops[0]!, { codes: [...data], th, bw });
  };

  const eltwise = (layer: Layer, entry: Entry): void => {
    const { th_layer_in, th_layer_out, bw_layer_in, bw_layer_out } = entry;
    const coefficients: number[] =
      layer.attrs.coefficients.length > 0 ? layer.attrs.coefficients : layer.bottoms.map(() => 1);
    const operands = layer.bottoms.map((id, i) => onGrid(id, th_layer_in, bw_layer_in, coefficients[i]!));
    const acc = operands[0]!.map((_, i) =>
      layer.attrs.operation === 'max'
        ? Math.max(...operands.map((each) => each[i]!))
        : operands.reduce((sum, each) => sum + each[i]!, 0),
    );
    const finish = (sum: number, triple: Triple): number =>
      interLayer(overlay, triple, sum, 0, bw_layer_in, bw_layer_out);
    values.set(layer.tops[0]!, {
      codes: acc.map((sum) => finish(sum, tripleOf(entry, 0))),
      th: th_layer_out,
      bw: bw_layer_out,
    });
    const [sfIn, sfOut] = [step(th_layer_in, bw_layer_in), step(th_layer_out, bw_layer_out)];
    const multiplier = sfOut === 0 ? 0 : f32(sfIn / sfOut);
    again.set(layer.tops[0]!, {
      acc,
      finish: (sum, _index, slope) =>
        finish(sum, decompose(f32(multiplier * f32(slope)), limitsOf('Eltwise', bw_layer_in, overlay))),
    });
  };

  for (const layer of layers) {
    const entry = entryOf(layer);
    if (layer.kind === 'input') {
      fromHost(layer.tops[0]!, image);
      values.set(layer.tops[0]!, sent(layer.tops[0]!) ?? { float: image });
    } else if (layer.kind === 'weighted' && entry !== undefined) weighted(layer, entry);
    else if (layer.kind === 'activation') activation(layer);
    else if (layer.kind === 'pool') pool(layer);
    else if (layer.kind === 'shape') shapeOnly(layer);
    else if (layer.kind === 'lrn') lrn(layer);
    else if (layer.kind === 'concat') concat(layer);
    else if (layer.kind === 'eltwise' && entry !== undefined) eltwise(layer, entry);
    else onHost(layer);
  }
  return values;
}

function tripleOf({ prescale_shift, scale, postscale_shift }: Entry, c: number): Triple {
  return { prescale_shift: prescale_shift[c]!, scale: scale[c]!, postscale_shift: postscale_shift[c]! };
}
