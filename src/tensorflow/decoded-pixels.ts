import { type ColorMap, colorMap } from '../analysis/color-map.js';
import type { Graph } from '../graph/graph.js';
import { attributeOf } from './attributes.js';
import type { NodeDef } from './node.js';

/** Height and width of the image that is followed from a decoder to the input. */
const SIZE = 64;

/** Whether a node gives the pixels of an image as whole numbers from 0 to 255: a decoder. */
export function isDecoder(node: NodeDef): boolean {
  const dtype = attributeOf(node, 'dtype') ?? 'DT_UINT8';
  return /^Decode(Jpeg|AndCropJpeg|Png|Bmp|Gif|Image)$/.test(node.op) && dtype === 'DT_UINT8';
}

/**
 * What the nodes between a decoder and the node that is fed do to the color of a pixel: they are not run, but show what
 * the input takes. Undefined where no single decoder leads to it, or where they do more than scale and shift channels.
 * `importPart` imports nodes from one that is fed to one that is wanted.
 */
export function decodedPixels(
  nodes: readonly NodeDef[],
  input: NodeDef,
  importPart: (nodes: readonly NodeDef[], from: string, to: string) => Graph,
): ColorMap | undefined {
  const [decoder, ...others] = ancestorsOf(nodes, input).filter(isDecoder);
  if (decoder === undefined || decoder === input || others.length > 0) return undefined;
  const fed = nodes.map((node) => (node === decoder ? asPlaceholder(decoder) : node));
  try {
    const graph = importPart(fed, decoder.name, input.name);
    const [first] = graph.inputs;
    return first === undefined ? undefined : colorMap(graph, first);
  } catch {
    // Nodes that cannot be run show nothing.
    return undefined;
  }
}

function asPlaceholder(decoder: NodeDef): NodeDef {
  const channels = attributeOf(decoder, 'channels') === 1 ? 1 : 3;
  return { ...decoder, op: 'Placeholder', inputs: [], attrs: { dtype: 'DT_UINT8', shape: [SIZE, SIZE, channels] } };
}

/** A node and every node that it depends on. */
function ancestorsOf(nodes: readonly NodeDef[], node: NodeDef): NodeDef[] {
  const byName = new Map(nodes.map((each) => [each.name, each]));
  const found = new Set([node]);
  for (const each of found)
    for (const { node: name } of each.inputs) {
      const before = byName.get(name);
      if (before !== undefined) found.add(before);
    }
  return [...found];
}
