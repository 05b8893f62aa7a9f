/** The walk of QUANTIZER.md, section 4: a dictionary of blobs, layer after layer, whole batch at once. */
import type { ValueId } from '../../src/graph/graph.js';
import { opOf } from '../../src/ops/index.js';
import { decompose, type LimitsForm, limitsOf, type OverlayName } from '../../src/scaling/index.js';
import { accumulate, activate, code, m, meanHalfEven, search, step, toPowerOfTwo, windows } from './arithmetic.js';
import type { Layer, Network } from './network.js';

const f32 = Math.fround;

export interface WalkOptions {
  readonly input: number;
  readonly params: number;
  readonly output: number;
  readonly powerOfTwo: boolean;
  readonly unifyConcat: boolean;
}

/** What is measured at a layer. */
export interface Measured {
  readonly name: string;
  readonly form: LimitsForm;
  readonly bwIn: number;
  readonly bwOut: number;
  readonly bwParams?: number;
  thIn: number;
  thOut: number;
  readonly thParams?: number[];
  readonly area?: number;
  readonly channels: number;
}

interface Blob {
  /** Undefined below a host layer. */
  th: number | undefined;
  bw: number;
  /** What an activation after it works on: a Pooling or shape-only layer, run again, gives what it gave, whatever a Concat has made of it since. */
  unrounded: Float32Array[];
  /** What a Concat works on, and what is rounded anew after it: pooled and LRN blobs are rounded already. */
  recomputed: Float32Array[];
  rounded: Float32Array[];
}

export function walk({ layers, shapes }: Network, images: readonly Float32Array[], options: WalkOptions): Measured[] {
  const blobs = new Map<ValueId, Blob>();
  const entries = new Map<Layer, Measured>();
  const blob = (id: ValueId): Blob => blobs.get(id)!;
  const maker = (id: ValueId): Layer => layers.find(({ tops }) => tops.includes(id))!;
  const find = (values: readonly Float32Array[], bw: number): number => {
    const th = search(values, bw);
    return options.powerOfTwo ? toPowerOfTwo(th, bw) : th;
  };
  const fq = (values: readonly Float32Array[], th: number, bw: number): Float32Array[] =>
    values.map((image) => image.map((x) => code(x, th, bw) * step(th, bw)));
  const put = (id: ValueId, values: Float32Array[], th: number, bw: number, recomputed = values): void => {
    blobs.set(id, { th, bw, unrounded: values, recomputed, rounded: fq(values, th, bw) });
  };
  const putFloat = (id: ValueId, values: Float32Array[]): void => {
    blobs.set(id, { th: undefined, bw: 0, unrounded: values, recomputed: values, rounded: values });
  };
  /** A bottom of a quantized layer; one of a host layer gets a search as an Input does, and is rounded from then on. */
  const measured = (id: ValueId): Blob & { th: number } => {
    const { th, unrounded } = blob(id);
    if (th === undefined) {
      const found = find(unrounded, options.input);
      put(id, unrounded, found, options.input, isRounded(id) ? fq(unrounded, found, options.input) : unrounded);
    }
    return blob(id) as Blob & { th: number };
  };
  const evaluate = (layer: Layer, bottoms: readonly Float32Array[][], image: number): Float32Array[] => {
    const tensor = (id: ValueId, data: Float32Array) => ({ shape: shapes.get(id)!, data });
    const tops = layer.tops.map((id) => tensor(id, new Float32Array(shapes.get(id)!.reduce((a, b) => a * b, 1))));
    opOf(layer.node).reference(
      layer.node as any,
      layer.bottoms.map((id, i) => tensor(id, bottoms[i]![image]!)),
      tops,
      'NCHW',
    );
    return tops.map(({ data }) => data);
  };
  /** The layer on a form of its bottoms: for each top, for each image. */
  const run = (layer: Layer, form: (blob: Blob) => Float32Array[]): Float32Array[][] => {
    const byImage = images.map((_, image) =>
      evaluate(
        layer,
        layer.bottoms.map((id) => form(blob(id))),
        image,
      ),
    );
    return layer.tops.map((_, top) => byImage.map((tops) => tops[top]!));
  };

  const weighted = (layer: Layer): void => {
    const bottom = measured(layer.bottoms[0]!);
    const depth = layer.weights!.length / layer.channels!;
    const thParams = Array.from({ length: layer.channels! }, (_, c) => {
      const largest = layer.weights!.subarray(c * depth, (c + 1) * depth).reduce((a, b) => Math.max(a, Math.abs(b)), 0);
      return options.powerOfTwo ? toPowerOfTwo(largest, options.params) : largest;
    });
    const weightCodes = Array.from(layer.weights!, (w, i) => code(w, thParams[Math.floor(i / depth)]!, options.params));
    const [from, to] = [shapes.get(layer.bottoms[0]!)!, shapes.get(layer.tops[0]!)!];
    const inner = layer.op === 'inner-product' ? 1 : to.slice(2).reduce((a, b) => a * b, 1);
    const sfIn = step(bottom.th, bottom.bw);
    const output = bottom.unrounded.map((_, image) => {
      const codes = Array.from(bottom.rounded[image]!, (x) => (sfIn === 0 ? 0 : Math.round(x / sfIn)));
      return Float32Array.from(accumulate(layer, codes, from, to, weightCodes), (acc, i) => {
        const c = Math.floor(i / inner) % layer.channels!;
        return acc * (sfIn * step(thParams[c]!, options.params)) + (layer.bias?.[c] ?? 0);
      });
    });
    const thOut = find(output, options.output);
    put(layer.tops[0]!, output, thOut, options.output);
    const forms: Record<string, LimitsForm> = {
      convolution: 'Convolution',
      deconvolution: 'Deconvolution',
      'inner-product': 'InnerProduct',
      scale: 'Scale',
    };
    entries.set(layer, {
      name: layer.name,
      form: forms[layer.op]!,
      bwIn: bottom.bw,
      bwOut: options.output,
      bwParams: options.params,
      thIn: bottom.th,
      thOut,
      thParams,
      channels: layer.channels!,
    });
  };

  const activation = (layer: Layer): void => {
    const [from, to] = [layer.bottoms[0]!, layer.tops[0]!];
    const bottom = blob(from);
    const values = bottom.unrounded.map((image) => activate(layer, image, shapes.get(from)!));
    if (bottom.th === undefined) return putFloat(to, values);
    const th = find(values, bottom.bw);
    put(to, values, th, bottom.bw);
    const only = layers.filter(({ bottoms }) => bottoms.includes(from)).length === 1;
    if (!layer.inPlace && !only) return;
    const entry = entries.get(maker(from));
    if (entry !== undefined) entry.thOut = th;
  };

  const pool = (layer: Layer): void => {
    const [from, to] = [layer.bottoms[0]!, layer.tops[0]!];
    const { th, bw, rounded } = blob(from);
    if (th === undefined) return putFloat(to, run(layer, (each) => each.rounded)[0]!);
    const sf = step(th, bw);
    const values = rounded.map((image) => {
      const codes = Array.from(image, (x) => (sf === 0 ? 0 : Math.round(x / sf)));
      return Float32Array.from(
        windows(layer, codes, shapes.get(from)!, shapes.get(to)!),
        ({ values: window, size }) =>
          (layer.attrs.operation === 'max'
            ? Math.max(...window)
            : meanHalfEven(
                window.reduce((a, b) => a + b, 0),
                size,
              )) * sf,
      );
    });
    put(to, values, th, bw);
    if (layer.attrs.operation === 'average') {
      entries.set(layer, {
        name: layer.name,
        form: 'AveragePooling',
        bwIn: bw,
        bwOut: bw,
        thIn: th,
        thOut: th,
        area: layer.attrs.kernel[0] * layer.attrs.kernel[1],
        channels: shapes.get(to)![1]!,
      });
    }
  };

  const shapeOnly = (layer: Layer): void => {
    const { th, bw } = blob(layer.bottoms[0]!);
    const [recomputed, rounded] = [run(layer, (each) => each.recomputed), run(layer, (each) => each.rounded)];
    layer.tops.forEach((id, top) =>
      blobs.set(id, { th, bw, unrounded: rounded[top]!, recomputed: recomputed[top]!, rounded: rounded[top]! }),
    );
  };

  const lrn = (layer: Layer): void => {
    const { th, bw } = blob(layer.bottoms[0]!);
    const values = run(layer, (each) => each.rounded)[0]!;
    if (th === undefined) return putFloat(layer.tops[0]!, values);
    put(layer.tops[0]!, values, th, bw, fq(values, th, bw));
  };

  /** Pooled or LRN, seen through shape-only layers: a Concat takes such a bottom as it is. */
  const isRounded = (id: ValueId): boolean => {
    const { kind, bottoms } = maker(id);
    return kind === 'pool' || kind === 'lrn' || (kind === 'shape' && isRounded(bottoms[0]!));
  };

  /** Layers whose entry gets a Concat's threshold for this bottom. */
  const makersOf = (id: ValueId): Layer[] => {
    const layer = maker(id);
    if (layer.kind === 'activation' || layer.kind === 'shape') return makersOf(layer.bottoms[0]!);
    if (!options.unifyConcat) return [layer];
    if (layer.kind === 'pool') return [layer, ...makersOf(layer.bottoms[0]!)];
    if (layer.kind === 'concat') return layer.bottoms.flatMap(makersOf);
    return [layer];
  };

  const concat = (layer: Layer): void => {
    if (layer.bottoms.every((id) => blob(id).th === undefined))
      return putFloat(layer.tops[0]!, run(layer, (each) => each.rounded)[0]!);
    layer.bottoms.forEach(measured);
    const values = run(layer, (each) => each.recomputed)[0]!;
    const th = find(values, options.output);
    put(layer.tops[0]!, values, th, options.output);
    for (const id of new Set(layer.bottoms)) {
      const { bw, recomputed, unrounded } = blob(id);
      const rounded = fq(recomputed, th, bw);
      blobs.set(id, { th, bw, unrounded, recomputed: isRounded(id) ? rounded : recomputed, rounded });
      for (const each of makersOf(id)) {
        const entry = entries.get(each);
        if (entry !== undefined) entry.thOut = th;
      }
    }
  };

  const eltwise = (layer: Layer): void => {
    if (layer.bottoms.every((id) => blob(id).th === undefined))
      return putFloat(layer.tops[0]!, run(layer, (each) => each.rounded)[0]!);
    const bottoms = layer.bottoms.map(measured);
    const th = Math.max(...bottoms.map((each) => each.th));
    const bw = bottoms[0]!.bw;
    const sf = step(th, bw);
    const coefficients: number[] =
      layer.attrs.coefficients.length > 0 ? layer.attrs.coefficients : bottoms.map(() => 1);
    const values = images.map((_, image) =>
      bottoms[0]!.rounded[image]!.map((_x, i) => {
        const codes = bottoms.map(({ rounded }) => code(rounded[image]![i]!, th, bw));
        if (layer.attrs.operation === 'max') return Math.max(...codes) * sf;
        return codes.reduce((sum, each, k) => sum + coefficients[k]! * each * sf, 0);
      }),
    );
    put(layer.tops[0]!, values, th, options.output);
    entries.set(layer, {
      name: layer.name,
      form: 'Eltwise',
      bwIn: bw,
      bwOut: options.output,
      thIn: th,
      thOut: th,
      channels: 1,
    });
  };

  for (const layer of layers) {
    if (layer.kind === 'input') put(layer.tops[0]!, [...images], find(images, options.input), options.input);
    else if (layer.kind === 'weighted') weighted(layer);
    else if (layer.kind === 'activation') activation(layer);
    else if (layer.kind === 'pool') pool(layer);
    else if (layer.kind === 'shape') shapeOnly(layer);
    else if (layer.kind === 'lrn') lrn(layer);
    else if (layer.kind === 'concat') concat(layer);
    else if (layer.kind === 'eltwise') eltwise(layer);
    else run(layer, (each) => each.rounded).forEach((values, top) => putFloat(layer.tops[top]!, values));
  }
  return layers.flatMap((layer) => entries.get(layer) ?? []);
}

/** An entry of the scaling file, section 6. */
export interface Entry {
  readonly [key: string]: unknown;
  readonly name: string;
  readonly bw_layer_in: number;
  readonly bw_layer_out: number;
  readonly bw_params?: number;
  readonly th_layer_in: number;
  readonly th_layer_out: number;
  readonly th_params?: readonly number[];
  readonly prescale_shift: readonly number[];
  readonly scale: readonly number[];
  readonly postscale_shift: readonly number[];
}

export function entriesOf(measured: readonly Measured[], overlay: OverlayName, includeInnerProduct: boolean): Entry[] {
  return measured
    .filter(
      ({ form }) => (form !== 'InnerProduct' || includeInnerProduct) && (form !== 'AveragePooling' || overlay === 'v3'),
    )
    .map((layer) => {
      const [sfIn, sfOut] = [step(layer.thIn, layer.bwIn), step(layer.thOut, layer.bwOut)];
      const quotient = sfOut === 0 ? 0 : f32(sfIn / sfOut);
      const multipliers =
        layer.thParams?.map((th) => (sfOut === 0 ? 0 : f32(f32(sfIn * step(th, layer.bwParams!)) / sfOut))) ??
        Array.from({ length: layer.channels }, () =>
          layer.form === 'Eltwise' ? quotient : f32(quotient / layer.area!),
        );
      const triples = multipliers.map((each) => decompose(each, limitsOf(layer.form, layer.bwIn, overlay)));
      return {
        name: layer.name,
        bw_layer_in: layer.bwIn,
        bw_layer_out: layer.bwOut,
        ...(layer.thParams
          ? {
              bw_params: layer.bwParams!,
              th_params: layer.thParams,
              sf_params: layer.thParams.map((th) => step(th, layer.bwParams!)),
            }
          : {}),
        th_layer_in: layer.thIn,
        th_layer_out: layer.thOut,
        sf_layer_in: layer.thIn / m(layer.bwIn),
        sf_layer_out: layer.thOut / m(layer.bwOut),
        prescale_shift: triples.map((triple) => triple.prescale_shift),
        scale: triples.map((triple) => triple.scale),
        postscale_shift: triples.map((triple) => triple.postscale_shift),
      };
    });
}
