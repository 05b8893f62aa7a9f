import { fail, required } from '../error.js';
import { caffeOp } from '../ops/index.js';
import type { Layer } from './layer.js';
import { stagesOf } from './sources.js';

/** A layer with its bottoms and tops as numbers of values, each written once. */
export interface WiredLayer {
  readonly layer: Layer;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

/** A network in single-assignment form, without shapes. */
export interface Wiring {
  readonly layers: readonly WiredLayer[];
  /** Blob name and version of each value. */
  readonly values: readonly { readonly blob: string; readonly version: number }[];
  /** The last value of each blob. */
  readonly last: ReadonlyMap<string, number>;
}

/**
 * Gives every top a value of its own. A layer that works in place writes the next version of its blob, and later layers
 * read that version. Throws `model` for a bottom that no earlier layer writes (a cycle if a later one does), for a blob
 * that two layers write, and for a layer with weights that has another's name. `all` are all layers of the file, for
 * messages.
 */
export function wire(layers: readonly Layer[], all: readonly Layer[] = layers): Wiring {
  const wiring = new Wirer(layers, all);
  return {
    layers: layers.map((layer) => ({ ...wiring.layer(layer), layer: wiring.named(layer) })),
    values: wiring.values,
    last: wiring.last,
  };
}

/** The blob of a value. */
export function blobOf(wiring: Wiring, id: number): string {
  return required(wiring.values[id], 'graph', `value ${id} of the wiring`).blob;
}

class Wirer {
  readonly values: { blob: string; version: number }[] = [];
  readonly last = new Map<string, number>();
  private readonly writers = new Map<string, Layer>();
  private readonly names = new Map<string, Layer>();
  private readonly counts = new Map<string, number>();
  /** The names that the file gives. */
  private readonly stated: ReadonlySet<string>;

  constructor(
    private readonly layers: readonly Layer[],
    private readonly all: readonly Layer[],
  ) {
    this.stated = new Set(layers.map(({ name }) => name));
  }

  layer(layer: Layer): WiredLayer {
    const inputs = layer.bottoms.map((bottom) => this.last.get(bottom) ?? this.undefinedBottom(layer, bottom));
    const outputs = layer.tops.map((top, index) => this.write(layer, top, index));
    return { layer, inputs, outputs };
  }

  /** The layer with a unique name: a second ReLU "relu" becomes "relu_1". Throws for a layer with weights: they are found by its name. */
  named(layer: Layer): Layer {
    const other = this.names.get(layer.name);
    if (other === undefined) {
      this.names.set(layer.name, layer);
      return layer;
    }
    const op = caffeOp(layer.type);
    if (op === undefined || op.params !== undefined) {
      fail(
        'model',
        layer.where,
        `layer "${layer.name}" (${layer.type}): expected a name of its own, got that of the layer at ${other.where}.`,
        'Rename one of them, in the caffemodel too.',
      );
    }
    // What was taken stays taken: the search goes on where the last one for this name ended.
    let count = this.counts.get(layer.name) ?? 1;
    while (this.taken(`${layer.name}_${count}`)) count++;
    this.counts.set(layer.name, count);
    return this.named({ ...layer, name: `${layer.name}_${count}` });
  }

  private taken(name: string): boolean {
    return this.names.has(name) || this.stated.has(name);
  }

  private write(layer: Layer, top: string, index: number): number {
    const before = this.last.get(top);
    const writer = this.writers.get(top);
    if (writer !== undefined && layer.bottoms[index] !== top) {
      fail(
        'model',
        layer.where,
        `layer "${layer.name}" (${layer.type}): top "${top}" is already written by layer "${writer.name}" (${writer.where}).`,
        'Only a layer that reads a blob may write it again.',
      );
    }
    this.values.push({ blob: top, version: before === undefined ? 0 : (this.values[before]?.version ?? 0) + 1 });
    this.last.set(top, this.values.length - 1);
    this.writers.set(top, layer);
    return this.values.length - 1;
  }

  private undefinedBottom(layer: Layer, bottom: string): never {
    const from = this.layers.indexOf(layer);
    const later = this.layers.slice(from).find((other) => other.tops.includes(bottom));
    const title = `layer "${layer.name}" (${layer.type})`;
    if (later === undefined) this.lackingWriter(layer, bottom);
    if (later === layer) fail('model', layer.where, `${title}: bottom "${bottom}" is its own top: a cycle.`);
    const kind = this.dependsOn(later, layer) ? 'a cycle' : 'the layers are out of order';
    fail(
      'model',
      layer.where,
      `${title}: bottom "${bottom}" is only written later, by layer "${later.name}" (${later.where}): ${kind}.`,
    );
  }

  private lackingWriter({ name, type, where }: Layer, bottom: string): never {
    const writer = this.all.find((other) => other.tops.includes(bottom));
    const cause =
      writer === undefined
        ? 'no layer writes it'
        : `layer "${writer.name}" (${writer.type}, ${writer.where}) writes it, but is left out in testing`;
    const stages = writer === undefined ? [] : stagesOf({ layers: [writer] });
    const choice = stages.length === 0 ? '' : `Choose its stage with --stage (${stages.join(', ')}), or f`;
    fail(
      'model',
      where,
      `layer "${name}" (${type}): bottom "${bottom}" is undefined: ${cause}.`,
      `${choice === '' ? 'F' : choice}eed it with --input_layer ${bottom} --dims C,H,W.`,
    );
  }

  /** Whether `layer` depends on `source`, directly or through other layers. */
  private dependsOn(layer: Layer, source: Layer): boolean {
    const seen = new Set<Layer>([layer]);
    for (const reader of seen) {
      if (reader === source) return true;
      for (const other of this.layers) if (other.tops.some((top) => reader.bottoms.includes(top))) seen.add(other);
    }
    return false;
  }
}
