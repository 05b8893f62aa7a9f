/** Seeded random Caffe networks that put together whatever the table of docs/spec/quantizer.md, section 4, names. */
import { loadCaffe } from '../../src/caffe/index.js';
import type { BitWidth } from '../../src/fixed/grid.js';
import type { Graph } from '../../src/graph/graph.js';
import { generator } from '../kernels/random.js';

type Draw = (below: number) => number;
interface Blob {
  readonly name: string;
  readonly shape: readonly number[];
}

export interface RandomNetwork {
  readonly prototxt: string;
  readonly graph: Graph;
  readonly images: readonly Float32Array[];
  readonly widths: readonly [BitWidth, BitWidth, BitWidth];
  readonly overlay: 'v2' | 'v3';
  readonly powerOfTwo: boolean;
  readonly unifyConcat: boolean;
  readonly includeInnerProduct: boolean;
}

/** Writes layers, and remembers the blobs and their shapes [C, H, W], or [N]. */
class Writer {
  readonly layers: string[] = [];
  readonly blobs: Blob[] = [];
  private count = 0;

  constructor(
    readonly draw: Draw,
    size: number,
  ) {
    const channels = 1 + draw(4);
    this.layers.push(
      `layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: ${channels} dim: ${size} dim: ${size} } } }`,
    );
    this.blobs.push({ name: 'data', shape: [channels, size, size] });
  }

  pick<T>(list: readonly T[]): T {
    return list[this.draw(list.length)]!;
  }

  chance(percent: number): boolean {
    return this.draw(100) < percent;
  }

  /** A blob of this kind, mostly a recent one. */
  bottom(fits: (blob: Blob) => boolean = () => true): Blob | undefined {
    const fitting = this.blobs.filter(fits);
    if (fitting.length === 0) return undefined;
    return this.chance(65) ? fitting.at(-1)! : this.pick(fitting);
  }

  name(type: string): string {
    return `${type.toLowerCase()}${++this.count}`;
  }

  write(type: string, name: string, bottoms: readonly string[], tops: readonly string[], param = ''): void {
    const list = (word: string, names: readonly string[]): string =>
      names.map((each) => `${word}: "${each}"`).join(' ');
    this.layers.push(
      `layer { name: "${name}" type: "${type}" ${list('bottom', bottoms)} ${list('top', tops)} ${param} }`,
    );
  }

  /** A layer with a top of its own. */
  add(type: string, bottoms: readonly Blob[], shape: readonly number[], param = ''): Blob {
    const name = this.name(type);
    this.write(
      type,
      name,
      bottoms.map((each) => each.name),
      [name],
      param,
    );
    const blob = { name, shape };
    this.blobs.push(blob);
    return blob;
  }

  /** A layer that keeps the shape, in place or not. */
  keep(type: string, bottom: Blob, param = '', percent = 60): Blob {
    if (bottom.name === 'data' || !this.chance(percent)) return this.add(type, [bottom], bottom.shape, param);
    const name = this.name(type);
    this.write(type, name, [bottom.name], [bottom.name], param);
    this.blobs.splice(this.blobs.indexOf(bottom), 1);
    this.blobs.push(bottom);
    return bottom;
  }
}

const isImage = ({ shape }: Blob): boolean => shape.length === 3;
const isFlat = ({ shape }: Blob): boolean => shape.length === 1;

function convolution(w: Writer): void {
  const bottom = w.bottom(isImage)!;
  const [c, h, width] = bottom.shape as [number, number, number];
  const depthwise = w.chance(15);
  const out = depthwise ? c : w.pick([2, 4, 4, 4, 6, 8]);
  const group = depthwise ? c : c % 2 === 0 && out % 2 === 0 && w.chance(20) ? 2 : 1;
  const kernel = Math.min(h, width) < 5 ? 1 : w.pick([1, 3, 3, 3]);
  const dilation = kernel === 3 && w.chance(15) ? 2 : 1;
  const pad = kernel === 3 && w.chance(75) ? dilation : 0;
  const stride = w.chance(15) ? 2 : 1;
  const size = (n: number): number => Math.floor((n + 2 * pad - (kernel - 1) * dilation - 1) / stride) + 1;
  w.add(
    'Convolution',
    [bottom],
    [out, size(h), size(width)],
    `convolution_param { num_output: ${out} kernel_size: ${kernel} pad: ${pad} stride: ${stride} group: ${group} dilation: ${dilation} bias_term: ${w.chance(80)} }`,
  );
}

function deconvolution(w: Writer): void {
  const bottom = w.bottom((blob) => isImage(blob) && blob.shape[1]! <= 8);
  if (bottom === undefined) return;
  const [c, h, width] = bottom.shape as [number, number, number];
  const out = w.pick([2, 4, 4]);
  const group = c % 2 === 0 && w.chance(30) ? 2 : 1;
  const [kernel, stride, pad] = w.pick([
    [2, 2, 0],
    [3, 1, 1],
    [4, 2, 1],
    [3, 2, 1],
  ] as const);
  const size = (n: number): number => (n - 1) * stride + kernel - 2 * pad;
  w.add(
    'Deconvolution',
    [bottom],
    [out, size(h), size(width)],
    `convolution_param { num_output: ${out} kernel_size: ${kernel} pad: ${pad} stride: ${stride} group: ${group} bias_term: ${w.chance(50)} }`,
  );
}

function innerProduct(w: Writer): void {
  const out = w.pick([4, 8, 16]);
  const blob = w.add(
    'InnerProduct',
    [w.bottom()!],
    [out],
    `inner_product_param { num_output: ${out} bias_term: ${w.chance(80)} }`,
  );
  if (w.chance(50))
    w.add('Reshape', [blob], [out / 4, 2, 2], `reshape_param { shape { dim: 0 dim: ${out / 4} dim: 2 dim: 2 } }`);
}

const scaleParam = (w: Writer): string => `scale_param { bias_term: ${w.chance(70)} }`;

function batchNorm(w: Writer): void {
  const normal = w.keep('BatchNorm', w.bottom()!, w.chance(30) ? 'batch_norm_param { eps: 0.01 }' : '');
  if (w.chance(70)) w.keep('Scale', normal, scaleParam(w), 70);
}

function activation(w: Writer): void {
  const bottom = w.bottom()!;
  const kind = w.draw(12);
  if (kind < 5) w.keep('ReLU', bottom);
  else if (kind < 8) w.keep('ReLU', bottom, `relu_param { negative_slope: ${w.pick(['0.1', '0.25', '0.3', '1.5'])} }`);
  else if (kind === 8) w.keep('ReLU', bottom, 'relu_param { negative_slope: -0.2 }');
  else if (kind === 9) w.keep('ReLU6', bottom);
  else w.keep('PReLU', bottom, `prelu_param { channel_shared: ${w.chance(30)} }`);
}

function pooling(w: Writer): void {
  const bottom = w.bottom(isImage)!;
  const [c, h, width] = bottom.shape as [number, number, number];
  const pool = w.pick(['MAX', 'AVE', 'AVE']);
  if (w.chance(20))
    return void w.add('Pooling', [bottom], [c, 1, 1], `pooling_param { pool: ${pool} global_pooling: true }`);
  const [kernel, stride, pad] = w.pick([
    [2, 2, 0],
    [3, 2, 1],
    [3, 1, 1],
    [3, 2, 0],
    [2, 1, 0],
  ] as const);
  if (h < kernel || width < kernel) return;
  const size = (n: number): number => {
    const count = Math.ceil((n + 2 * pad - kernel) / stride) + 1;
    return pad > 0 && (count - 1) * stride >= n + pad ? count - 1 : count;
  };
  w.add(
    'Pooling',
    [bottom],
    [c, size(h), size(width)],
    `pooling_param { pool: ${pool} kernel_size: ${kernel} stride: ${stride} pad: ${pad} }`,
  );
}

function lrn(w: Writer): void {
  const region = w.chance(25) ? 'norm_region: WITHIN_CHANNEL' : '';
  const bottom = w.bottom(isImage)!;
  w.add(
    'LRN',
    [bottom],
    bottom.shape,
    `lrn_param { local_size: ${w.pick([3, 5])} alpha: ${w.pick(['0.0001', '0.05'])} beta: 0.75 ${region} }`,
  );
}

function move(w: Writer): void {
  const image = w.bottom(isImage)!;
  const [c, h, width] = image.shape as [number, number, number];
  const kind = w.draw(9);
  if (kind === 0) w.keep('Dropout', w.bottom()!);
  else if (kind === 1) {
    const [name, bottom] = [w.name('Split'), w.bottom()!];
    const tops = ['a', 'b'].map((part) => ({ name: `${name}${part}`, shape: bottom.shape }));
    w.write(
      'Split',
      name,
      [bottom.name],
      tops.map((top) => top.name),
    );
    w.blobs.push(...tops);
  } else if (kind === 2) w.add('Flatten', [image], [c * h * width]);
  else if (kind === 3)
    w.add('Reshape', [image], [c, width, h], `reshape_param { shape { dim: 0 dim: ${c} dim: ${width} dim: -1 } }`);
  else if (kind === 4)
    w.add('Permute', [image], [c, width, h], 'permute_param { order: 0 order: 1 order: 3 order: 2 }');
  else if (kind === 5 && c % 2 === 0) {
    const name = w.name('Slice');
    const tops = ['a', 'b'].map((part) => ({ name: `${name}${part}`, shape: [c / 2, h, width] }));
    w.write(
      'Slice',
      name,
      [image.name],
      tops.map((top) => top.name),
    );
    w.blobs.push(...tops);
  } else if (kind === 6 && c % 2 === 0)
    w.add('ShuffleChannel', [image], image.shape, 'shuffle_channel_param { group: 2 }');
  else if (kind === 7) {
    const model = w.bottom((blob) => isImage(blob) && blob.shape[1]! <= h && blob.shape[2]! <= width)!;
    w.add('Crop', [image, model], [c, model.shape[1]!, model.shape[2]!], 'crop_param { axis: 2 offset: 0 }');
  } else if (kind === 8 && c % 4 === 0 && h % 2 === 0 && width % 2 === 0)
    w.add('Reorg', [image], [c * 4, h / 2, width / 2], 'reorg_param { stride: 2 }');
}

function concat(w: Writer): void {
  const first = w.bottom()!;
  const bottoms = [first];
  for (let more = 1 + w.draw(3); more > 0; more--) {
    bottoms.push(
      w.pick(
        w.blobs.filter(
          ({ shape }) => shape.length === first.shape.length && shape.slice(1).join() === first.shape.slice(1).join(),
        ),
      ),
    );
  }
  if (w.chance(50)) bottoms.reverse();
  const channels = bottoms.reduce((sum, { shape }) => sum + shape[0]!, 0);
  if (channels <= 40 || isFlat(first)) w.add('Concat', bottoms, [channels, ...first.shape.slice(1)]);
}

function eltwise(w: Writer): void {
  const first = w.bottom()!;
  const bottoms = [first];
  const same = w.blobs.filter(({ shape }) => shape.join() === first.shape.join());
  for (let more = 1 + w.draw(2); more > 0; more--) bottoms.push(w.pick(same));
  if (w.chance(50)) bottoms.reverse();
  const operation = w.pick(['SUM', 'SUM', 'SUM', 'SUM', 'MAX', 'PROD']);
  const coefficients =
    operation === 'SUM' && w.chance(50)
      ? bottoms.map(() => `coeff: ${w.pick(['1', '-1', '0.5', '-0.3', '2'])}`).join(' ')
      : '';
  w.add('Eltwise', bottoms, first.shape, `eltwise_param { operation: ${operation} ${coefficients} }`);
}

function host(w: Writer): void {
  const [type, param] = w.pick([
    ['Sigmoid', ''],
    ['TanH', ''],
    ['ELU', 'elu_param { alpha: 0.5 }'],
    ['Power', 'power_param { scale: 0.02 shift: 0.1 power: 2 }'],
    ['AbsVal', ''],
    ['Softmax', ''],
    ['BNLL', ''],
  ] as const);
  w.keep(type, w.bottom()!, param, 30);
}

const steps: readonly (readonly [number, (w: Writer) => void])[] = [
  [22, convolution],
  [4, deconvolution],
  [5, innerProduct],
  [4, (w) => void w.keep('Scale', w.bottom()!, scaleParam(w), 30)],
  [7, batchNorm],
  [20, activation],
  [9, pooling],
  [4, lrn],
  [8, move],
  [9, concat],
  [8, eltwise],
  [7, host],
];

/** Where weights from a seed are too tame: slopes and scales of either sign, channels that are dead. Each layer by its name, whatever is around it. */
function roughen(graph: Graph, seed: number): Graph {
  const nodes = graph.nodes.map((node) => {
    const [first, ...rest] = node.params;
    if (first === undefined) return node;
    const draw = generator(
      [...node.name].reduce((hash, letter) => (Math.imul(hash, 31) + letter.charCodeAt(0)) | 0, seed),
    );
    const data = Float32Array.from(first.data);
    if (node.op === 'prelu' && draw(100) < 30) data[draw(data.length)] = -0.125;
    if (node.op === 'scale') data.forEach((value, c) => (data[c] = draw(100) < 25 ? -value : value));
    if (node.op === 'convolution' && draw(100) < 15) data.fill(0, 0, data.length / first.shape[0]!);
    return { ...node, params: [{ ...first, data }, ...rest] };
  });
  return { ...graph, nodes };
}

function image(count: number, draw: Draw, kind: number): Float32Array {
  const uniform = (): number => draw(1 << 24) / (1 << 24);
  if (kind === 0) return new Float32Array(count);
  if (kind === 1) return new Float32Array(count).fill(100 * uniform() - 50);
  if (kind === 2) return Float32Array.from({ length: count }, () => (draw(10) === 0 ? 300 * uniform() : 0));
  return Float32Array.from({ length: count }, () => 60 * (uniform() + uniform() + uniform() + uniform() - 2) + 5);
}

/** A network with the weights, images and options of a seed. */
export function networkOf(prototxt: string, seed: number): RandomNetwork {
  const draw = generator(seed * 7919 + 2);
  const graph = roughen(loadCaffe({ prototxt, seedWeights: seed }), seed);
  const count = graph.values[graph.inputs[0]!]!.shape.reduce((a, b) => a * b, 1);
  const widths = (
    [
      [8, 8, 8],
      [8, 8, 8],
      [8, 8, 8],
      [16, 16, 16],
      [8, 8, 16],
      [16, 8, 8],
      [8, 16, 8],
      [16, 16, 8],
    ] as const
  )[draw(8)]!;
  const [overlay, powerOfTwo, unifyConcat, includeInnerProduct] = [
    (['v2', 'v3'] as const)[draw(2)]!,
    draw(100) < 15,
    draw(100) < 20,
    draw(100) < 40,
  ];
  const images = Array.from({ length: 1 + draw(3) }, () => image(count, draw, draw(25)));
  return { prototxt, graph, widths, images, overlay, powerOfTwo, unifyConcat, includeInnerProduct };
}

/** Five to `most` layers, and what goes with them. */
export function randomNetwork(seed: number, most = 20): RandomNetwork {
  const draw = generator(seed * 7919 + 1);
  const w = new Writer(draw, draw(3) === 0 ? 24 + draw(17) : 8 + draw(9));
  const total = steps.reduce((sum, [weight]) => sum + weight, 0);
  const wanted = 5 + draw(most - 4);
  while (w.layers.length < wanted) {
    let at = draw(total);
    steps.find(([weight]) => (at -= weight) < 0)![1](w);
  }
  return networkOf(w.layers.join('\n'), seed);
}
