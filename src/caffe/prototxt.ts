import { fail } from '../error.js';
import type { Finding, ParsedText } from '../formats/protobuf-text.js';
import { parseMessage } from '../formats/protobuf-text.js';
import type { Message } from '../formats/schema.js';
import { utf16Label } from '../formats/sniff.js';
import { decodeText } from '../formats/text.js';
import { fieldFindings } from './field-findings.js';
import type { Layer, Net } from './layer.js';
import { netType } from './schema.js';
import { foldPadding, upgradeLayer } from './upgrade.js';
import { refuseBinary, refuseText } from './wrong-file.js';

/** Fields of training and of engines that change no result. All other unknown fields cause a warning. */
const ignored = new Set([
  'engine',
  'propagate_down',
  'debug_info',
  'force_backward',
  'loss_param',
  'accuracy_param',
  'share_mode',
  'blob_share_mode',
  'lr_mult',
  'stable_prod_grad',
  'force_nd_im2col',
  'annotated_data_param',
  'hdf5_data_param',
  'hdf5_output_param',
  'infogain_loss_param',
  'hinge_loss_param',
  'contrastive_loss_param',
  'multibox_loss_param',
  'detection_evaluate_param',
  'save_output_param',
  'hdf5_output',
  'noise_param',
  'distort_param',
  'expand_param',
  'emit_constraint',
  'rand_skip',
  'backend',
  'prefetch',
  'shuffle',
  'root_folder',
  'mirror',
]);

/**
 * Reads a network from prototxt text: V2 `layer`, V1 and V0 `layers`, and the legacy `input` with `input_dim` or
 * `input_shape`, which become Input layers. `name` names the file in messages. Throws `format` where the text does
 * not parse, `model` where it holds no network.
 */
export function readPrototxt(source: string | Uint8Array, name: string): Net {
  const parsed = parseMessage(netType(), textOf(source, name), {
    where: name,
    ignore: ignored,
    lenient: true,
    openEnums: new Set(['V1LayerParameter.type']),
  });
  const net = parsed.message;
  const layers = [...inputLayers(net, parsed, name), ...layersOf(net, parsed, name)];
  if (layers.length === 0) fail('model', name, 'expected a network with layers, got none.', noLayersHint(parsed));
  const state = (net['state'] ?? {}) as Message;
  return {
    name: String(net['name'] ?? ''),
    layers,
    level: Number(state['level'] ?? 0),
    stages: (state['stage'] ?? []) as string[],
    warnings: parsed.warnings,
  };
}

function noLayersHint(parsed: ParsedText): string {
  const solver = parsed.warnings.some((line) => /unknown field (net|base_lr|lr_policy|max_iter|train_net) /.test(line));
  return solver
    ? 'This is a solver; give the network that its "net:" line names.'
    : 'Give the deploy prototxt of a network.';
}

/** The text, in UTF-8 or UTF-16; comments may be in any encoding. Control characters at the beginning are the sign of a binary file. */
function textOf(source: string | Uint8Array, name: string): string {
  const text = typeof source === 'string' ? source : decodeText(source, name, utf16Label(source));
  if (/[\0-\x08\x0e-\x1f]/.test(text.slice(0, 4096)))
    refuseBinary(typeof source === 'string' ? undefined : source, name);
  refuseText(text, name);
  return text;
}

function layersOf(net: Message, parsed: ParsedText, name: string): Layer[] {
  const old = (net['layers'] ?? []) as Message[];
  const current = (net['layer'] ?? []) as Message[];
  const [first] = old;
  if (first !== undefined && current.length > 0) {
    fail(
      'model',
      positionOf(parsed, name, first),
      'this file mixes "layers" (old form) and "layer" (new form).',
      'Use one of them.',
    );
  }
  const upgraded = old.map((layer) => {
    const where = positionOf(parsed, name, layer);
    return { layer: upgradeLayer(layer, where), where, source: layer };
  });
  const located = current.map((layer) => ({ layer, where: positionOf(parsed, name, layer), source: layer }));
  const layers = [...foldPadding(upgraded), ...located];
  for (const { source } of layers) checkWiring(parsed.findingsIn(source));
  return layers.map(({ layer, where, source }) => ({
    ...makeLayer(layer, where),
    ...fieldFindings(layer, parsed.findingsIn(source), name),
  }));
}

/** Throws the error of an invalid name, type, bottom or top: no layer can be wired without them. */
function checkWiring(findings: readonly Finding[]): void {
  const wrong = findings.find(
    ({ type, field }) => type.endsWith('LayerParameter') && ['name', 'type', 'bottom', 'top'].includes(field),
  );
  if (wrong?.error !== undefined) throw wrong.error;
}

function positionOf(parsed: ParsedText, name: string, message: object): string {
  const { line, column } = parsed.positionOf(message);
  return `${name}:${line}:${column}`;
}

function makeLayer(message: Message, where: string): Layer {
  const name = String(message['name'] ?? '');
  if (message['type'] === undefined) fail('model', where, `layer "${name}": expected a type, got none.`);
  return {
    name,
    type: String(message['type']),
    bottoms: (message['bottom'] ?? []) as string[],
    tops: (message['top'] ?? []) as string[],
    message,
    where,
    refusals: [],
  };
}

/** One Input layer for each `input` of the file, with a shape if the file states one. */
function inputLayers(net: Message, parsed: ParsedText, name: string): Layer[] {
  const names = (net['input'] ?? []) as string[];
  const dims = (net['input_dim'] ?? []) as number[];
  const shapes = (net['input_shape'] ?? []) as Message[];
  if (dims.length > 0 && shapes.length > 0) fail('model', name, 'expected input_dim or input_shape, got both.');
  if (dims.length > 0 && dims.length !== 4 * names.length) {
    fail('model', name, `expected 4 input_dim for each input, got ${dims.length} for ${names.length}.`);
  }
  const [firstShape] = shapes;
  if (firstShape !== undefined && shapes.length !== names.length) {
    fail(
      'model',
      positionOf(parsed, name, firstShape),
      `expected an input_shape for each input, got ${shapes.length} for ${names.length}.`,
    );
  }
  return names.map((input, index) => {
    const shape = shapes[index];
    const dim = dims.length > 0 ? dims.slice(4 * index, 4 * index + 4) : (shape?.['dim'] as number[] | undefined);
    const message: Message = {
      name: input,
      type: 'Input',
      top: [input],
      ...(dim === undefined ? {} : { input_param: { shape: [{ dim }] } }),
    };
    return makeLayer(message, shape === undefined ? name : positionOf(parsed, name, shape));
  });
}
