/**
 * @typedef {object} ConvolutionOptions
 * @property {number} outputs channels
 * @property {number} [kernel] size of the square window; 1 if absent
 * @property {number} [stride]
 * @property {number} [pad]
 * @property {number} [group]
 * @property {boolean} [bias] true if absent
 */

/** A Caffe deploy network written layer by layer. Every method appends layers and returns the name of their top. */
export class Prototxt {
  /** @type {string[]} */
  #layers = [];

  /**
   * @param {string} name
   * @param {readonly number[]} shape batch, channels, height, width of the input `data`
   */
  constructor(name, shape) {
    this.name = name;
    this.#layers.push(
      `layer { name: "data" type: "Input" top: "data" input_param { shape { ${shape.map((size) => `dim: ${size}`).join(' ')} } } }`,
    );
  }

  /** The whole file. */
  get text() {
    return `name: "${this.name}"\n${this.#layers.join('\n')}\n`;
  }

  /**
   * @param {string} name
   * @param {string} bottom
   * @param {ConvolutionOptions} options
   */
  convolution(name, bottom, { outputs, kernel = 1, stride = 1, pad = 0, group = 1, bias = true }) {
    const sizes = `num_output: ${outputs} kernel_size: ${kernel} stride: ${stride} pad: ${pad} group: ${group} bias_term: ${bias}`;
    return this.#add(name, 'Convolution', [bottom], name, `convolution_param { ${sizes} }`);
  }

  /** In place. @param {string} name @param {string} blob */
  relu(name, blob) {
    return this.#add(name, 'ReLU', [blob], blob);
  }

  /** Convolution, then ReLU in place. @param {string} name @param {string} bottom @param {ConvolutionOptions} options */
  convolutionRelu(name, bottom, options) {
    return this.relu(`${name}/relu`, this.convolution(name, bottom, options));
  }

  /** Convolution without bias, BatchNorm and Scale in place. @param {string} name @param {string} bottom @param {ConvolutionOptions} options */
  convolutionNorm(name, bottom, options) {
    const blob = this.convolution(name, bottom, { ...options, bias: false });
    this.#add(`${name}/bn`, 'BatchNorm', [blob], blob, 'batch_norm_param { use_global_stats: true }');
    return this.#add(`${name}/scale`, 'Scale', [blob], blob, 'scale_param { bias_term: true }');
  }

  /** Caffe rounds the output size up. @param {string} name @param {string} bottom @param {{ kernel: number, stride: number, pad?: number }} options */
  maxPool(name, bottom, { kernel, stride, pad = 0 }) {
    return this.#add(
      name,
      'Pooling',
      [bottom],
      name,
      `pooling_param { pool: MAX kernel_size: ${kernel} stride: ${stride} pad: ${pad} }`,
    );
  }

  /** @param {string} name @param {string} bottom */
  globalAveragePool(name, bottom) {
    return this.#add(name, 'Pooling', [bottom], name, 'pooling_param { pool: AVE global_pooling: true }');
  }

  /** @param {string} name @param {readonly string[]} bottoms */
  concat(name, bottoms) {
    return this.#add(name, 'Concat', bottoms, name);
  }

  /** @param {string} name @param {readonly string[]} bottoms */
  sum(name, bottoms) {
    return this.#add(name, 'Eltwise', bottoms, name, 'eltwise_param { operation: SUM }');
  }

  /** In place. @param {string} name @param {string} blob */
  dropout(name, blob) {
    return this.#add(name, 'Dropout', [blob], blob, 'dropout_param { dropout_ratio: 0.5 }');
  }

  /** @param {string} name @param {string} bottom @param {number} outputs */
  innerProduct(name, bottom, outputs) {
    return this.#add(name, 'InnerProduct', [bottom], name, `inner_product_param { num_output: ${outputs} }`);
  }

  /** @param {string} name @param {string} bottom */
  softmax(name, bottom) {
    return this.#add(name, 'Softmax', [bottom], name);
  }

  /** @param {string} name @param {string} type @param {readonly string[]} bottoms @param {string} top @param {string} [more] */
  #add(name, type, bottoms, top, more = '') {
    const wires = [...bottoms.map((bottom) => `bottom: "${bottom}"`), `top: "${top}"`].join(' ');
    this.#layers.push(`layer { name: "${name}" type: "${type}" ${wires} ${more} }`);
    return top;
  }
}
