import type { Engine } from '../../src/kernels/engine.js';
import type { Lowering } from '../../src/kernels/lowering.js';
import type { TypedArray } from '../../src/tensor.js';

type ArrayType = { new (length: number): any; BYTES_PER_ELEMENT: number };

function store(engine: Engine, data: TypedArray): number {
  const at = engine.heap.alloc(data.byteLength);
  engine.heap.u8(at, data.byteLength).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return at;
}

/** Runs a lowering twice on a heap full of junk (scratch must not matter), and returns its outputs. */
export function runLowering(
  engine: Engine,
  lowering: Lowering,
  inputs: TypedArray[],
  outputs: [ArrayType, number][],
): any[] {
  const { heap } = engine;
  const constants = heap.alloc(lowering.constants);
  const scratch = heap.alloc(lowering.scratch);
  const sources = inputs.map((data) => store(engine, data));
  const targets = outputs.map(([type, count]) => heap.alloc(type.BYTES_PER_ELEMENT * count));
  heap.u8(constants, lowering.constants).fill(0x7f);
  lowering.prepare(engine, constants);
  for (const junk of [0x7f, 0xff]) {
    heap.u8(scratch, lowering.scratch).fill(junk);
    outputs.forEach(([type, count], index) => heap.u8(targets[index]!, type.BYTES_PER_ELEMENT * count).fill(junk));
    lowering.run(engine, { inputs: sources, outputs: targets, constants, scratch });
  }
  const results = outputs.map(([type, count], index) => {
    const copy = new type(count);
    new Uint8Array(copy.buffer).set(heap.u8(targets[index]!, copy.byteLength));
    return copy;
  });
  for (const pointer of [constants, scratch, ...sources, ...targets]) heap.free(pointer);
  return results;
}
