/** A Caffe network as the TensorFlow graph that computes the same: channels last, biases and batch norms as nodes of their own. */
import type { Graph, GraphNode, ValueId } from '../../src/graph/graph.js';
import { floats, graphDef, int32s, placeholder, type Attribute, type TestNode } from './graph-def.js';

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
    const bias = (): string => (params[1] === undefined ? this.last(node, name) : this.put(node, `${name}/bias`, 'BiasAdd', [name, this.constant(`${name}/b`, [params[1].data.length], [...params[1].data])]));
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
        const weights = reorder(params[0]!.data, depthwise ? [attrs.group, o / attrs.group, kh, kw] : [o, i, kh, kw], depthwise ? [2, 3, 0, 1] : [2, 3, 1, 0]);
        const filter = this.constant(`${name}/w`, depthwise ? [kh, kw, attrs.group, o / attrs.group] : [kh, kw, i, o], weights);
        const [top, left, bottom, right] = attrs.pad;
        this.put(node, name, depthwise ? 'DepthwiseConv2dNative' : 'Conv2D', [inputs[0]!, filter], {
          strides: { ints: [1, ...attrs.stride, 1] }, dilations: { ints: [1, ...attrs.dilation, 1] }, padding: { s: 'EXPLICIT' }, explicit_paddings: { ints: [0, 0, top, bottom, left, right, 0, 0] },
        });
        return void bias();
      }
      case 'deconvolution': {
        const [i, o, kh, kw] = params[0]!.shape as [number, number, number, number];
        const [, , height, width] = shape(node.outputs[0]!);
        this.nodes.push(int32s(`${name}/size`, [1, height!, width!, o]));
        const filter = this.constant(`${name}/w`, [kh, kw, o, i], reorder(params[0]!.data, [i, o, kh, kw], [2, 3, 1, 0]));
        this.put(node, name, 'Conv2DBackpropInput', [`${name}/size`, filter, inputs[0]!], { strides: { ints: [1, ...attrs.stride, 1] }, padding: { s: 'VALID' } });
        return void bias();
      }
      case 'inner-product': {
        const [, c, height = 1, width = 1] = shape(node.inputs[0]!);
        const [o] = params[0]!.shape as [number];
        this.nodes.push(int32s(`${name}/shape`, [1, c! * height * width]), { name: `${name}/flat`, op: 'Reshape', input: [inputs[0]!, `${name}/shape`] });
        const matrix = this.constant(`${name}/w`, [height * width * c!, o], reorder(params[0]!.data, [o, c!, height, width], [2, 3, 1, 0]));
        this.put(node, name, 'MatMul', [`${name}/flat`, matrix]);
        return void bias();
      }
      case 'batch-norm': {
        const [mean, variance, , gamma, beta] = params.map((param, i) => this.constant(`${name}/${i}`, [param.data.length], [...param.data]));
        return void this.put(node, name, 'FusedBatchNormV3', [inputs[0]!, gamma!, beta!, mean!, variance!], { is_training: { b: false } });
      }
      case 'relu': return void this.put(node, name, attrs.ceiling === 6 ? 'Relu6' : attrs.slope === 0 ? 'Relu' : 'LeakyRelu', inputs);
      case 'pooling': return void this.put(node, name, attrs.operation === 'max' ? 'MaxPool' : 'AvgPool', inputs, { ksize: { ints: [1, ...attrs.kernel, 1] }, strides: { ints: [1, ...attrs.stride, 1] }, padding: { s: 'VALID' } });
      case 'concat': return void this.put(node, name, 'ConcatV2', [...inputs, this.axis(name, shape(node.inputs[0]!).length - 1)]);
      case 'slice': {
        this.put(node, name, 'Split', [this.axis(name, 3), inputs[0]!], { num_split: { i: 2 } });
        return node.outputs.forEach((id, i) => this.refs.set(id, i === 0 ? name : `${name}:${i}`));
      }
      case 'eltwise': return void this.put(node, name, attrs.operation === 'max' ? 'Maximum' : attrs.operation === 'product' ? 'Mul' : attrs.coefficients.length > 0 ? 'Sub' : inputs.length > 2 ? 'AddN' : 'AddV2', inputs);
      case 'reshape': {
        this.nodes.push(int32s(`${name}/shape`, [1, h! * w!, 1, shape(node.inputs[0]!)[1]!]));
        return void this.put(node, name, 'Reshape', [inputs[0]!, `${name}/shape`]);
      }
      default: return void this.put(node, name, ({ sigmoid: 'Sigmoid', tanh: 'Tanh', softmax: 'Softmax', 'abs-val': 'Abs' } as Record<string, string>)[node.op]!, inputs);
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

  private put(node: GraphNode, name: string, op: string, input: readonly string[], attr: Readonly<Record<string, Attribute>> = {}): string {
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
