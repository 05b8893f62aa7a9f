import { wasmBase64 } from './generated/wasm.js';
import type { Heap } from './heap.js';
import type { Kernels } from './table.js';

let compiled: Promise<WebAssembly.Module | undefined> | undefined;

/**
 * The compiled kernels on a heap; undefined where the runtime has no WebAssembly SIMD, or refuses to compile: a content security
 * policy without 'wasm-unsafe-eval' does.
 */
export async function instantiate(heap: Heap): Promise<Kernels | undefined> {
  if (typeof WebAssembly === 'undefined') return undefined;
  compiled ??= compile();
  const module = await compiled;
  if (module === undefined) return undefined;
  const instance = await WebAssembly.instantiate(module, { env: { memory: heap.memory as WebAssembly.Memory } });
  return instance.exports as unknown as Kernels;
}

async function compile(): Promise<WebAssembly.Module | undefined> {
  const bytes = Uint8Array.from(atob(wasmBase64), (character) => character.charCodeAt(0));
  if (!WebAssembly.validate(bytes)) return undefined;
  return WebAssembly.compile(bytes).catch(() => undefined);
}
