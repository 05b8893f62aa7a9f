/** A Caffe network as the TensorFlow graph that computes the same: channels last, biases and batch norms as nodes of their own. */
import type { Graph, GraphNode, ValueId } from '../../src/graph/graph.js';
import { generator } from '../kernels/random.js';
import { type Attribute, floats, graphDef, int32s, placeholder, type TestNode } from './graph-def.js';

/** A blob's elements with its axes in another order. */
function reorder(data: ArrayLike<number>, shape: readonly number[], order: readonly number[]): number[] {
  const steps = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const result: number[] = [];
  const walk = (axis: number, from: number): void => {
    if (axis === order.length) return void result.push(data[from]!);
    for (let i = 0; i < shape[order[axis]!]!; i++) walk(axis + 1, from + i * steps[order[axis]!]!);
  };
  walk(0, 0);
  return result;
}

/** One image, C x H x W, as H x W x C. */
export function channelsLast(data: ArrayLike<number>, [, channels, height, width]: readonly number[]): Float32Array {
  return Float32Array.from(reorder(data, [channels!, height!, width!], [1, 2, 0]));
}

class Translator {
  readonly nodes: TestNode[] = [];
  private readonly refs = new Map<ValueId, string>();

  constructor(private readonly graph: Graph) {}

  add(node: GraphNode): void {
    const attrs = node.attrs as any;
    const { name, params } = node;
    const inputs = node.inputs.map((id) => this.refs.get(id)!);
    const shape = (id: ValueId): readonly number[] => this.graph.values[id]!.shape;
    const bias = (): string =>
      params[1] === undefined
        ? this.last(node, name)
        : this.put(node, `${name}/bias`, 'BiasAdd', [
            name,
            this.constant(`${name}/b`, [params[1].data.length], [...params[1].data]),
          ]);
    const [h, w] = node.op === 'input' ? [] : shape(node.inputs[0]!).slice(2);
    switch (node.op) {
      case 'input': {
        const [, c, height, width] = shape(node.outputs[0]!);
        this.nodes.push(placeholder(name, [1, height!, width!, c!]));
        return void this.refs.set(node.outputs[0]!, name);
      }
      case 'convolution': {
        const [o, i, kh, kw] = params[0]!.shape as [number, number, number, number];
        const depthwise = attrs.group > 1 && i === 1;
        const weights = reorder(
          params[0]!.data,
          depthwise ? [attrs.group, o / attrs.group, kh, kw] : [o, i, kh, kw],
          depthwise ? [2, 3, 0, 1] : [2, 3, 1, 0],
        );
        const filter = this.constant(
          `${name}/w`,
          depthwise ? [kh, kw, attrs.group, o / attrs.group] : [kh, kw, i, o],
          weights,
        );
        const [top, left, bottom, right] = attrs.pad;
        this.put(node, name, depthwise ? 'DepthwiseConv2dNative' : 'Conv2D', [inputs[0]!, filter], {
          strides: { ints: [1, ...attrs.stride, 1] },
          dilations: { ints: [1, ...attrs.dilation, 1] },
          padding: { s: 'EXPLICIT' },
          explicit_paddings: { ints: [0, 0, top, bottom, left, right, 0, 0] },
        });
        return void bias();
      }
      case 'deconvolution': {
        const [i, o, kh, kw] = params[0]!.shape as [number, number, number, number];
        const [, , height, width] = shape(node.outputs[0]!);
        this.nodes.push(int32s(`${name}/size`, [1, height!, width!, o]));
        const filter = this.constant(
          `${name}/w`,
          [kh, kw, o, i],
          reorder(params[0]!.data, [i, o, kh, kw], [2, 3, 1, 0]),
        );
        this.put(node, name, 'Conv2DBackpropInput', [`${name}/size`, filter, inputs[0]!], {
          strides: { ints: [1, ...attrs.stride, 1] },
          padding: { s: 'VALID' },
        });
        return void bias();
      }
      case 'inner-product': {
        const [, c, height = 1, width = 1] = shape(node.inputs[0]!);
        const [o] = params[0]!.shape as [number];
        this.nodes.push(int32s(`${name}/shape`, [1, c! * height * width]), {
          name: `${name}/flat`,
          op: 'Reshape',
          input: [inputs[0]!, `${name}/shape`],
        });
        const matrix = this.constant(
          `${name}/w`,
          [height * width * c!, o],
          reorder(params[0]!.data, [o, c!, height, width], [2, 3, 1, 0]),
        );
        this.put(node, name, 'MatMul', [`${name}/flat`, matrix]);
        return void bias();
      }
      case 'batch-norm': {
        const [mean, variance, , gamma, beta] = params.map((param, i) =>
          this.constant(`${name}/${i}`, [param.data.length], [...param.data]),
        );
        return void this.put(node, name, 'FusedBatchNormV3', [inputs[0]!, gamma!, beta!, mean!, variance!], {
          is_training: { b: false },
        });
      }
      case 'relu':
        return void this.put(
          node,
          name,
          attrs.ceiling === 6 ? 'Relu6' : attrs.slope === 0 ? 'Relu' : 'LeakyRelu',
          inputs,
        );
      case 'pooling':
        return void this.put(node, name, attrs.operation === 'max' ? 'MaxPool' : 'AvgPool', inputs, {
          ksize: { ints: [1, ...attrs.kernel, 1] },
          strides: { ints: [1, ...attrs.stride, 1] },
          padding: { s: 'VALID' },
        });
      case 'concat':
        return void this.put(node, name, 'ConcatV2', [...inputs, this.axis(name, shape(node.inputs[0]!).length - 1)]);
      case 'slice': {
        this.put(node, name, 'Split', [this.axis(name, 3), inputs[0]!], { num_split: { i: 2 } });
        return node.outputs.forEach((id, i) => this.refs.set(id, i === 0 ? name : `${name}:${i}`));
      }
      case 'eltwise':
        return void this.put(
          node,
          name,
          attrs.operation === 'max'
            ? 'Maximum'
            : attrs.operation === 'product'
              ? 'Mul'
              : attrs.coefficients.length > 0
                ? 'Sub'
                : inputs.length > 2
                  ? 'AddN'
                  : 'AddV2',
          inputs,
        );
      case 'reshape': {
        this.nodes.push(int32s(`${name}/shape`, [1, h! * w!, 1, shape(node.inputs[0]!)[1]!]));
        return void this.put(node, name, 'Reshape', [inputs[0]!, `${name}/shape`]);
      }
      default:
        return void this.put(
          node,
          name,
          ({ sigmoid: 'Sigmoid', tanh: 'Tanh', softmax: 'Softmax', 'abs-val': 'Abs' } as Record<string, string>)[
            node.op
          ]!,
          inputs,
        );
    }
  }

  private constant(name: string, shape: readonly number[], values: readonly number[]): string {
    this.nodes.push(floats(name, shape, values));
    return name;
  }

  private axis(name: string, axis: number): string {
    this.nodes.push({ name: `${name}/axis`, op: 'Const', attr: { dtype: { type: 3 }, value: { int32s: [axis] } } });
    return `${name}/axis`;
  }

  private put(
    node: GraphNode,
    name: string,
    op: string,
    input: readonly string[],
    attr: Readonly<Record<string, Attribute>> = {},
  ): string {
    this.nodes.push({ name, op, input, attr });
    return this.last(node, name);
  }

  private last(node: GraphNode, name: string): string {
    this.refs.set(node.outputs[0]!, name);
    return name;
  }
}

/** The graph of an imported Caffe network with layers of the types above, none in place. */
export function asTensorFlow(graph: Graph): Uint8Array {
  const translator = new Translator(graph);
  graph.nodes.forEach((node) => translator.add(node));
  return graphDef(...translator.nodes);
}

interface Blob {
  readonly name: string;
  readonly shape: readonly number[];
}

/** A random network of what both frameworks spell the same; sizes divide, so that Caffe's rounding up does not show. */
export function network(seed: number): string {
  const draw = generator(seed * 31 + 5);
  const pick = <T>(list: readonly T[]): T => list[draw(list.length)]!;
  const size = pick([8, 12, 16]);
  const layers = [
    `layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: ${pick([1, 3, 4])} dim: ${size} dim: ${size} } } }`,
  ];
  const blobs: Blob[] = [{ name: 'data', shape: [Number(/dim: 1 dim: (\d)/.exec(layers[0]!)![1]), size, size] }];
  const add = (type: string, bottoms: readonly Blob[], shapes: readonly (readonly number[])[], param = ''): void => {
    const name = `l${layers.length}`;
    const tops = shapes.map((shape, i) => ({ name: i === 0 ? name : `${name}_${i}`, shape }));
    layers.push(
      `layer { name: "${name}" type: "${type}" ${bottoms.map((bottom) => `bottom: "${bottom.name}"`).join(' ')} ${tops.map((top) => `top: "${top.name}"`).join(' ')} ${param} }`,
    );
    blobs.push(...tops);
  };
  while (layers.length < 6 + (seed % 9)) {
    const bottom = draw(10) < 6 ? blobs.at(-1)! : pick(blobs);
    const [c, h, w] = bottom.shape as [number, number, number];
    const same = blobs.filter(({ shape }) => shape.join() === bottom.shape.join());
    const kind = draw(14);
    if (kind < 4 && h >= 3) {
      const [kernel, pad] = pick([
        [1, 0],
        [3, 1],
        [3, 0],
        [3, 1],
      ] as const);
      const out = pick([2, 4, 6, c]);
      const group = out % c === 0 && draw(4) === 0 ? c : 1;
      add(
        'Convolution',
        [bottom],
        [[out, h + 2 * pad - kernel + 1, w + 2 * pad - kernel + 1]],
        `convolution_param { num_output: ${out} kernel_size: ${kernel} pad: ${pad} group: ${group} bias_term: ${draw(3) > 0} }`,
      );
    } else if (kind === 4 && h <= 8)
      add(
        'Deconvolution',
        [bottom],
        [[4, 2 * h, 2 * w]],
        'convolution_param { num_output: 4 kernel_size: 2 stride: 2 }',
      );
    else if (kind === 5)
      add('BatchNorm', [bottom], [bottom.shape], 'batch_norm_param { eps: 0.0001 scale_bias: true }');
    else if (kind < 8) {
      const [type, param] = pick([
        ['ReLU', ''],
        ['ReLU6', ''],
        ['ReLU', 'relu_param { negative_slope: 0.2 }'],
      ] as const);
      add(type, [bottom], [bottom.shape], param);
    } else if (kind === 8 && h % 2 === 0 && w % 2 === 0)
      add(
        'Pooling',
        [bottom],
        [[c, h / 2, w / 2]],
        `pooling_param { pool: ${pick(['MAX', 'AVE'])} kernel_size: 2 stride: 2 }`,
      );
    else if (kind === 9) {
      const fitting = blobs.filter(({ shape }) => shape.slice(1).join() === bottom.shape.slice(1).join());
      const bottoms = [bottom, pick(fitting), ...(draw(3) === 0 ? [pick(fitting)] : [])];
      add('Concat', bottoms, [[bottoms.reduce((sum, { shape }) => sum + shape[0]!, 0), h, w]]);
    } else if (kind === 10)
      add(
        'Eltwise',
        [bottom, pick(same)],
        [bottom.shape],
        pick(['', '', 'eltwise_param { operation: MAX }', 'eltwise_param { coeff: 1 coeff: -1 }']),
      );
    else if (kind === 11 && c % 2 === 0)
      add(
        'Slice',
        [bottom],
        [
          [c / 2, h, w],
          [c / 2, h, w],
        ],
      );
    else if (kind === 12) add(pick(['Sigmoid', 'TanH', 'AbsVal', 'Softmax']), [bottom], [bottom.shape]);
    else if (kind === 13) add('Pooling', [bottom], [[c, 1, 1]], 'pooling_param { pool: AVE global_pooling: true }');
  }
  // In TensorFlow a Reshape keeps a batch norm from the product after it.
  if (layers.at(-1)!.includes('BatchNorm')) add('ReLU', [blobs.at(-1)!], [blobs.at(-1)!.shape]);
  layers.push(
    `layer { name: "fc" type: "InnerProduct" bottom: "${blobs.at(-1)!.name}" top: "fc" inner_product_param { num_output: 5 } }`,
  );
  return layers.join('\n');
}

/** Statistics as they are, not multiplied: TensorFlow has no factor to store. */
export function withoutFactors(graph: Graph): Graph {
  return {
    ...graph,
    nodes: graph.nodes.map((node) =>
      node.op === 'batch-norm'
        ? { ...node, params: node.params.map((param, i) => (i === 2 ? { ...param, data: Float32Array.of(1) } : param)) }
        : node,
    ),
  };
}
