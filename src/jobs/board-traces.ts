import type { BoardLayer, BoardResult } from '../board/layers.js';
import { elementAt, type Pixel, type Trace, trace } from '../board/trace.js';
import { fail, required } from '../error.js';
import type { ValueId } from '../graph/graph.js';
import { layerNames, matchNames } from '../graph/layer-names.js';
import type { Placement } from '../placement/placement.js';
import { formatShape, type Tensor, type TypedArray } from '../tensor.js';
import type { BoardFiles } from './board-files.js';

/** A pixel of a layer's result, as `--trace layer:channel,y,x` asks for it. */
export interface TraceRequest {
  readonly layer: BoardLayer;
  readonly result: BoardResult;
  readonly pixel: Pixel;
  /** The element of the result. */
  readonly at: number;
}

/** A traced pixel, for each image. */
export interface TracedPixel {
  readonly layer: string;
  /** The value that the layer writes. */
  readonly result: string;
  readonly channel: number;
  readonly y: number;
  readonly x: number;
  readonly images: readonly Trace[];
}

/** What requests are looked up in. */
interface Kit {
  readonly placement: Placement;
  readonly layers: readonly BoardLayer[];
  readonly files: BoardFiles;
}

/** The requests of `--trace`. Throws `usage` for text of another form, a layer that the overlay does not compute, and a pixel that it does not have. */
export function checkTraces(words: readonly string[], kit: Kit): TraceRequest[] {
  return words.map((word) => {
    const [, name = '', ...numbers] =
      /^(.+):(\d+),(\d+),(\d+)$/.exec(word) ??
      fail('usage', '--trace', `expected layer:channel,y,x, got "${word}".`, 'Write conv1:0,3,4.');
    const [channel = 0, y = 0, x = 0] = numbers.map(Number);
    const found = resultNamed(name, kit);
    const { shape, layout } = kit.placement.analysis.value(found.result.value);
    const pixel = { channel, y, x };
    const at =
      elementAt(shape, layout, pixel) ??
      fail('usage', '--trace', `expected a channel, row and column of "${name}" (${formatShape(shape)}), got ${word}.`);
    return { ...found, pixel, at };
  });
}

function resultNamed(name: string, { placement, layers, files }: Kit): Pick<TraceRequest, 'layer' | 'result'> {
  const computing = layers.filter(({ kind }) => kind !== 'move');
  for (const layer of computing) {
    const isLayer = placement.analysis.node(layer.index).name === name;
    const [first] = layer.results;
    const result =
      layer.results.find(({ value }) => files.values.get(value)?.name === name) ?? (isLayer ? first : undefined);
    if (result !== undefined) return { layer, result };
  }
  matchNames('--trace', [name.replace(/[*?]/g, '\\$&')], layerNames(placement.analysis.graph));
  return fail(
    'usage',
    '--trace',
    `expected a layer that the overlay computes, got "${name}", which runs on the host or moves codes only.`,
    'network.json of an export lists the layers.',
  );
}

/** The traces of every image. Throws `internal` where a trace does not end at the golden code. */
export function tracesOf(
  { placement, files }: Kit,
  requests: readonly TraceRequest[],
  values: ReadonlyMap<ValueId, Tensor<TypedArray>>,
): TracedPixel[] {
  return requests.map(({ layer, result, pixel, at }) => {
    const { name } = placement.analysis.node(layer.index);
    const golden = required(values.get(result.value), name, 'golden codes');
    const size = golden.data.length / (golden.shape[0] ?? 1);
    const images = Array.from({ length: golden.shape[0] ?? 1 }, (_, image) => {
      const inputs = new Map(layer.operands.map(({ value }) => [value, imageOf(values, value, image)]));
      const steps = trace({ placement, layer, result, pixel, inputs });
      const code = golden.data[image * size + at];
      if (steps.code !== code) fail('internal', name, `expected the traced code ${steps.code}, got ${code}.`);
      return steps;
    });
    return { layer: name, result: files.values.get(result.value)?.name ?? name, ...pixel, images };
  });
}

function imageOf(values: ReadonlyMap<ValueId, Tensor<TypedArray>>, value: ValueId, image: number): TypedArray {
  const { shape, data } = required(values.get(value), '--trace', 'the data of an input');
  const size = data.length / (shape[0] ?? 1);
  return data.subarray(image * size, (image + 1) * size);
}
