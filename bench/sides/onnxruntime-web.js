import * as ort from 'onnxruntime-web';
import { onnxSession } from '../onnx-session.js';

/** onnxruntime-web: its WebAssembly SIMD build on `threads` threads. @param {import('../onnx-session.js').SessionConfig} config */
export function open(config) {
  ort.env.wasm.numThreads = config.threads;
  return onnxSession(ort, config, { executionProviders: ['wasm'] });
}
