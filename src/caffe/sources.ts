import type { Message } from '../formats/schema.js';
import { caffeOp } from '../ops/index.js';
import { imageFirst, inputLayer, isDataType, isSource } from './inputs.js';
import { type Layer, listNames, type Net } from './layer.js';
import { testLayers } from './phases.js';

/** The layers of a network for testing, each with what it reads. */
export interface TestedLayers {
  readonly layers: readonly Layer[];
  /** Layers that were taken in as inputs although no rule admits them, one line each. */
  readonly notes: readonly string[];
}

/**
 * The layers of phase TEST, and the sources that they read but no rule admits: data layers for training only, or for
 * another stage. `fed` names a blob that the user feeds; it becomes an input if no layer writes it. Layers of an unknown
 * type without bottoms count as data layers where the network has no other source.
 */
export function testedLayers(net: Net, fed: string | undefined): TestedLayers {
  const sources = net.layers.some(isSource) ? net.layers : net.layers.map(asData);
  const all = sources.map((layer) => imageFirst(layer, fed));
  const kept = new Set(testLayers({ ...net, layers: all }));
  const notes: string[] = [];
  const made: Layer[] = [];
  for (const { bottom, reader } of unwritten([...kept])) {
    if ([...kept].some((layer) => layer.tops.includes(bottom))) continue;
    const source = bestSource(all.filter((layer) => !kept.has(layer) && layer.tops.includes(bottom)));
    if (source !== undefined) {
      kept.add(source);
      notes.push(noteOf(source, bottom, stagesOf(net)));
    } else if (bottom === fed) {
      made.push(inputLayer(bottom, bottom, null, reader.where));
    }
  }
  return { layers: [...made, ...all.filter((layer) => kept.has(layer))], notes };
}

/** Names of the stages that rules of a network mention. */
export function stagesOf({ layers }: Pick<Net, 'layers'>): string[] {
  const rules = layers.flatMap(rulesOf);
  return [
    ...new Set(rules.flatMap((rule) => [rule['stage'], rule['not_stage']].flatMap((list) => (list ?? []) as string[]))),
  ];
}

/** A layer without bottoms of a type that no operator spells, as a data layer. A Parameter holds weights. */
function asData(layer: Layer): Layer {
  const unknown = layer.bottoms.length === 0 && layer.tops.length > 0 && caffeOp(layer.type) === undefined;
  return unknown && layer.type !== 'Parameter' ? { ...layer, isData: true } : layer;
}

/** Bottoms that no earlier layer writes and no layer at all, in order, with their first reader. */
function unwritten(layers: readonly Layer[]): { bottom: string; reader: Layer }[] {
  const written = new Set(layers.flatMap((layer) => layer.tops));
  const found = new Map<string, Layer>();
  for (const reader of layers)
    for (const bottom of reader.bottoms) if (!written.has(bottom) && !found.has(bottom)) found.set(bottom, reader);
  return Array.from(found, ([bottom, reader]) => ({ bottom, reader }));
}

/** The source to take in: for validation rather than for training, the last one of several. */
function bestSource(layers: readonly Layer[]): Layer | undefined {
  const sources = layers.filter((layer) => isSource(layer) && (layer.type === 'Input' || isDataType(layer)));
  return sources.filter((layer) => !isForTraining(layer)).at(-1) ?? sources.at(-1);
}

function isForTraining(layer: Layer): boolean {
  return rulesOf(layer).some(
    (rule) => rule['phase'] === 'TRAIN' || ((rule['stage'] ?? []) as string[]).some((stage) => /train/i.test(stage)),
  );
}

function rulesOf({ message }: Layer): Message[] {
  return [...((message['include'] ?? []) as Message[]), ...((message['exclude'] ?? []) as Message[])];
}

function noteOf({ name, type, where }: Layer, top: string, stages: readonly string[]): string {
  const choice = stages.length === 0 ? '' : ` --stage chooses among the stages ${listNames(stages)}.`;
  return `${where}: layer "${name}" (${type}) is left out in testing; its top "${top}" is taken as the input.${choice}`;
}
