import { groupedByType } from '../graph/unsupported.js';
import type { FoldedChain } from '../optimise/index.js';
import { formatShape, type Shape } from '../tensor.js';
import { marked, type TextStyle } from './style.js';
import { table } from './table.js';
import { visibleText } from './visible-text.js';
import { counted, firstOf, grouped, listLines } from './words.js';

/** One layer of an {@link Inspection}. */
export interface InspectedLayer {
  readonly name: string;
  /** The layer's type as the model file spells it. */
  readonly type: string;
  /** The shape of each output. */
  readonly output: readonly Shape[];
  /** Number of weights. */
  readonly parameters: number;
  /** Multiply-accumulate operations of one image. */
  readonly macs: number;
  /** What quantization does with the layer: its rule's kind, the layer that it is folded into, or `dropped`. */
  readonly quantization: string;
}

/** The memory plan of one image, in bytes. */
export interface MemoryPlan {
  /** Activations that share memory where their lifetimes allow it. */
  readonly arena: number;
  /** Activations without sharing. */
  readonly unshared: number;
  /** Packed weights. */
  readonly constants: number;
  /** Temporary memory of the largest layer. */
  readonly scratch: number;
  /** Offset into the arena of each value, by blob name; `name@1` is the blob's second version. */
  readonly offsets: Readonly<Record<string, number>>;
}

/** The facts about a network that are known without running it. */
export interface Inspection {
  /** The name that the model file gives the network. */
  readonly name: string;
  readonly framework: string;
  /** In network order. */
  readonly layers: readonly InspectedLayer[];
  /** Number of weights. */
  readonly parameters: number;
  /** Multiply-accumulate operations of one image. */
  readonly macs: number;
  /** Layers that cannot be run, with their types. */
  readonly unsupported: readonly string[];
  /** Layers that serve training or measuring only. */
  readonly dropped: readonly string[];
  /** Unknown fields of the model file that were skipped. */
  readonly warnings: readonly string[];
  /** Batch norms and scales that are folded into another layer. */
  readonly folded: readonly FoldedChain[];
  readonly memory: MemoryPlan;
}

const LEGEND = [
  'MACs: multiplications of one image. site: a threshold is measured there. codes pass: codes keep their threshold.',
  'host: computed in float32 beside the overlay. dropped: left out when the network is optimised.',
];

/** An inspection as a table of layers and sentences about the whole network. */
export function inspectionText(result: Inspection, style: TextStyle = {}): string {
  const rows = result.layers.map((layer) => [
    layer.name,
    layer.type,
    layer.output.map(formatShape).join(' '),
    grouped(layer.parameters),
    grouped(layer.macs),
    layer.quantization,
  ]);
  const { arena, unshared, constants, scratch } = result.memory;
  const lines = [
    table(['layer', 'type', 'output', 'parameters', 'MACs', 'quantization'], rows, { ...style, names: [0, 1, 5] }),
    '',
    ...LEGEND,
    '',
    `${counted(result.layers.length, 'layer')}, ${grouped(result.parameters)} parameters, ${grouped(result.macs)} MACs`,
    `memory of one image: ${grouped(arena)} bytes of activations (${grouped(unshared)} without reuse), ${grouped(constants)} packed weights, ${grouped(scratch)} scratch`,
    ...visibleText(result.folded).map(foldedLine),
  ];
  if (result.dropped.length > 0) lines.push(`left out (training only): ${visibleText(result.dropped).join(', ')}`);
  lines.push(...visibleText(firstOf(result.warnings)));
  if (result.unsupported.length > 0) {
    const groups = groupedByType(result.unsupported);
    const list = listLines(`not supported: ${counted(result.unsupported.length, 'layer')}:`, visibleText(groups));
    lines.push(...list.map((line) => marked(line, 'bad', style)));
  }
  return `${lines.join('\n')}\n`;
}

function foldedLine({ nodes, into }: FoldedChain): string {
  return `${nodes.join(' + ')}: ${into === null ? 'run as a per-channel Scale' : `folded into ${into}`}`;
}
