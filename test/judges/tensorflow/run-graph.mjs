/**
 * Imports and runs the graph of each line of standard input, `{ model, input_layer, output_layers, input? }`, and answers with a line of JSON:
 * the sizes of the input, the sizes and values of the outputs, or the refusal. Without an input a graph is only imported.
 *   node test/judges/tensorflow/run-graph.mjs
 */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { readNpy } from '../../../dist/src/formats/npy.js';
import { interpret } from '../../../dist/src/runtime/interpret.js';
import { importTensorFlow } from '../../../dist/src/tensorflow/index.js';

const bytesOf = (path) => new Uint8Array(readFileSync(path));

/** The outputs of a graph; a batch counts as its first image. */
function run({ model, input_layer: inputLayer, output_layers: outputLayers, input }) {
  const { graph } = importTensorFlow({ bytes: bytesOf(model), fileName: 'model.pb', inputLayer, outputLayers });
  if (input === undefined) return { imported: true };
  const { shape } = graph.values[graph.inputs[0]];
  const size = shape.reduce((product, length) => product * length, 1);
  const data = Float32Array.from(readNpy(bytesOf(input), input).data).subarray(0, size);
  const values = interpret(graph, new Map([[graph.inputs[0], { shape, data }]]));
  const outputs = outputLayers.map((name) => values[graph.names[name]]);
  return { input: shape, outputs: outputs.map((value) => ({ shape: value.shape, data: [...value.data].map(String) })) };
}

for await (const line of createInterface({ input: process.stdin })) {
  try {
    console.log(JSON.stringify(run(JSON.parse(line))));
  } catch (error) {
    console.log(JSON.stringify({ refused: error.name === 'XfdnnError' ? error.message : `CRASH ${error.stack}` }));
  }
}
