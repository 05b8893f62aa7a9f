import { type EmulatedValue, Emulator } from '../emulator/emulator.js';
import { fail } from '../error.js';
import type { Graph, ValueId } from '../graph/graph.js';
import { createEngine } from '../kernels/engine.js';
import { opOf } from '../ops/index.js';
import type { OverlayName, ScalingEntry } from '../scaling/index.js';
import { graphOfScalingFile } from '../scaling-file/graph-of-scaling-file.js';
import type { JobHooks } from './quantize.js';

/** What a value that some layer only copies is called once copies are dropped. */
export function originalOf(graph: Graph, id: ValueId): ValueId {
  const writer = graph.nodes.find(({ outputs }) => outputs.includes(id));
  return writer !== undefined && opOf(writer).identity?.(writer) === true ? originalOf(graph, writer.inputs[0]!) : id;
}

/** Whether the overlay computes a value of a network as it was imported: not if it is folded away, or nobody needs it. */
export function emulatedValues(graph: Graph, entries: readonly ScalingEntry[]): (id: ValueId) => boolean {
  const written = new Set(graphOfScalingFile(graph, entries).nodes.flatMap(({ outputs }) => outputs));
  return (id) => written.has(originalOf(graph, id));
}

/** Runs a network, as it was imported, on the emulated overlay, image after image; `visit` sees each wanted value. Throws `usage` for one that is never computed. */
export async function emulate(
  graph: Graph,
  wanted: readonly ValueId[],
  entries: readonly ScalingEntry[],
  overlay: OverlayName,
  inputs: readonly (() => Promise<Float32Array>)[],
  visit: (image: number, id: ValueId, value: EmulatedValue) => void,
  hooks: JobHooks = {},
): Promise<void> {
  const originals = new Map(wanted.map((id) => [id, originalOf(graph, id)]));
  const isComputed = emulatedValues(graph, entries);
  const folded = wanted.find((id) => !isComputed(id));
  if (folded !== undefined) {
    fail(
      'usage',
      `blob "${graph.values[folded]!.blob}"`,
      'expected a value that the overlay computes; this one is folded into a neighbour or not needed for the outputs.',
      'Ask for the value after the batch norm.',
    );
  }
  const kept = graphOfScalingFile(graph, entries);
  const outputs = [...new Set([...kept.outputs, ...originals.values()])];
  const emulator = new Emulator(
    await createEngine(),
    { ...kept, outputs },
    new Map(entries.map((entry) => [entry.name, entry])),
    overlay,
  );
  for (const [image, input] of inputs.entries()) {
    hooks.progress?.(image, inputs.length, 'emulate');
    emulator.run([await input()], new Set(originals.values()), (original, value) => {
      for (const [id, other] of originals) if (other === original) visit(image, id, value);
    });
  }
}
