import { valueName, writeOnnx } from './formats/onnx.js';
import { buildGraph, seededInput } from './networks/index.js';

/** @typedef {{ network: string, threads: number }} SessionConfig */

/**
 * A side on an ONNX runtime, of the shape `side.js` expects.
 * @param {any} ort the runtime's module
 * @param {SessionConfig} config
 * @param {object} options of the session
 */
export async function onnxSession(ort, { network }, options) {
  const graph = buildGraph(network);
  const session = await ort.InferenceSession.create(writeOnnx(graph), { ...options, graphOptimizationLevel: 'all' });
  const [id] = graph.inputs;
  const { shape } = graph.values[id];
  const feeds = { [valueName(id)]: new ort.Tensor('float32', seededInput(shape), shape) };
  return {
    async run(/** @type {number} */ count) {
      for (let i = 0; i < count; i++) await session.run(feeds);
    },
    async outputs() {
      const results = await session.run(feeds);
      return graph.outputs.map((output) => Float32Array.from(results[valueName(output)].data));
    },
  };
}
