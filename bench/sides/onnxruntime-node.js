import { onnxSession } from '../onnx-session.js';

/**
 * onnxruntime-node: native code. Its library ships in the package; where it cannot be loaded, opening fails and the
 * table says so.
 * @param {import('../onnx-session.js').SessionConfig} config
 */
export async function open(config) {
  const { default: ort } = await import('onnxruntime-node');
  return onnxSession(ort, config, { executionProviders: ['cpu'], intraOpNumThreads: config.threads });
}
