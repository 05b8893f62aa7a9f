import { CODES } from '../fixed/grid.js';
import { codeFactor } from '../fixed/quantize.js';
import type { ConvolutionGeometry } from '../kernels/geometry.js';
import type { Multipliers } from '../kernels/overlay-epilogue.js';
import type { Layout } from '../tensor.js';
import type { BoardLayer, BoardOperand, BoardResult } from './layers.js';
import { ofChannel } from './steps.js';
import { exactText, type KnownAnswers } from './vectors.js';

/** The files of a value: of its codes, or of its float32. */
export interface ValueFile {
  readonly path: string;
  readonly layout: Layout;
  /** Channels of the value. */
  readonly channels: number;
}

/** A layer with its names: `name` of the network, `identifier` of C, and the files of its values, weights and moves. */
export interface NamedLayer {
  readonly layer: BoardLayer;
  readonly name: string;
  /** The source's type of layer. */
  readonly type: string;
  readonly identifier: string;
  /** The header's path. */
  readonly header: string;
  readonly weights: string | null;
  readonly bias: string | null;
  readonly moves: string | null;
  fileOf(value: number): ValueFile;
}

/** An input of the network that the host quantizes. */
export interface QuantizedInput {
  readonly floats: string;
  readonly codes: string;
  readonly threshold: number;
  readonly bits: 8 | 16;
}

/** Larger arrays stand in their .npy alone: a header of them would be beyond the largest text. */
const LARGEST_ARRAY = 1 << 24;
const COLUMNS = 16;

/** A string of C: control characters as octal escapes, which C has for all of them. */
const text = (value: string | null): string =>
  value === null
    ? 'NULL'
    : JSON.stringify(value).replace(
        /\\u00(\w\w)/g,
        (_, digits: string) => `\\${parseInt(digits, 16).toString(8).padStart(3, '0')}`,
      );

/** Text within a comment of C, which it does not end. */
const comment = (value: string): string => JSON.stringify(value).replaceAll('*/', '* /');

/** Identifiers of C for names, each once: characters that C does not take are `_`, repeated ones end in a number. */
export function identifiersOf(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const plain = `xfdnn_${name.replace(/\W/g, '_')}`;
    let identifier = plain;
    for (let i = 2; taken.has(identifier); i++) identifier = `${plain}__${i}`;
    taken.add(identifier);
    return identifier;
  });
}

function array(values: ArrayLike<number>): string {
  const lines: string[] = [];
  for (let at = 0; at < values.length; at += COLUMNS)
    lines.push(`  ${Array.prototype.slice.call(values, at, at + COLUMNS).join(', ')}`);
  return `{\n${lines.join(',\n')}\n}`;
}

/** A float32 as C writes it without loss. */
function float(value: number): string {
  const digits = String(Math.fround(value));
  return `${/[.e]/.test(digits) ? digits : `${digits}.0`}f`;
}

function channelsOf({ prescale, scale, postscale, bias }: Multipliers): string[] {
  const count = Math.max(prescale.length, scale.length, postscale.length, bias?.length ?? 0);
  return Array.from({ length: count }, (_, c) => {
    const parts = [prescale, scale, postscale, bias ?? [0]].map((list) => ofChannel(list, c));
    return `{${parts.join(', ')}}`;
  });
}

/** The definition of a list of multipliers, and the initializer that refers to it. */
function multipliers(name: string, set: Multipliers | undefined): { definition: string; value: string } {
  if (set === undefined) return { definition: '', value: '{0, NULL}' };
  const rows = channelsOf(set);
  return {
    definition: `static const xfdnn_channel ${name}[] = {\n  ${rows.join(',\n  ')}\n};\n`,
    value: `{${rows.length}, ${name}}`,
  };
}

/** `xfdnn_quantized` of a value. Source: docs/spec/overlay.md, `quantizeTensor`. */
function quantized(
  name: string,
  { floats, codes, threshold, bits }: Omit<QuantizedInput, 'codes'> & { codes: string | null },
) {
  const factor = codeFactor('quantizeTensor', threshold, bits);
  const limit = factor === 0 ? 0 : threshold;
  return `static const xfdnn_quantized ${name} = {${text(floats)}, ${text(codes)}, ${float(limit)}, ${float(factor)}, ${bits}};\n`;
}

function operandText(named: NamedLayer, operand: BoardOperand, i: number): { definition: string; value: string } {
  const { isFloat, own, rescale, bits, sign } = operand;
  const name = `${named.identifier}_input${i}`;
  const { path } = named.fileOf(operand.value);
  const host = isFloat
    ? quantized(`${name}_quantized`, { floats: path, codes: null, threshold: own.threshold, bits: own.bits })
    : '';
  const scaling = multipliers(`${name}_rescale`, rescale?.positive);
  const pointers = [
    isFloat ? 'NULL' : text(path),
    isFloat ? `&${name}_quantized` : 'NULL',
    rescale === null ? 'NULL' : `${name}_rescale`,
  ];
  return { definition: host + scaling.definition, value: `{${pointers.join(', ')}, ${bits}, ${sign}}` };
}

function resultText(named: NamedLayer, { value, bits, end }: BoardResult, i: number) {
  const { path, layout, channels } = named.fileOf(value);
  const name = `${named.identifier}_result${i}`;
  const [positive, negative] = [
    multipliers(`${name}_positive`, end?.positive),
    multipliers(`${name}_negative`, end?.negative),
  ];
  const { smallest, largest } = CODES[bits];
  const shape = `${bits}, ${layout === 'NHWC' ? 1 : 0}, ${channels}`;
  const limits = `${end?.floor ?? smallest}, ${Math.min(largest, end?.ceiling ?? largest)}`;
  return {
    definition: positive.definition + negative.definition,
    value: `{${text(path)}, ${shape}, ${positive.value}, ${negative.value}, ${limits}}`,
  };
}

function windowsText(name: string, windows: ConvolutionGeometry | null, transposed: boolean): string {
  if (windows === null) return '';
  const { inChannels, outChannels, group, kernel, stride, pad, dilation, input, output, layout } = windows;
  const pairs = [kernel, stride, pad.slice(0, 2), dilation, input, output].map((pair) => `{${pair.join(', ')}}`);
  const flags = [transposed, layout === 'NHWC'].map(Number);
  return `static const xfdnn_windows ${name}_windows = {${[inChannels, outChannels, group, ...pairs, ...flags].join(', ')}};\n`;
}

/** The header of a layer: weights, multipliers, biases, windows, and an `xfdnn_layer` of its identifier. */
export function layerHeader(named: NamedLayer): string {
  const { layer, identifier: id } = named;
  const operands = layer.operands.map((operand, i) => operandText(named, operand, i));
  const results = layer.results.map((result, i) => resultText(named, result, i));
  const codes = layer.weights?.codes;
  const hasArray = codes !== undefined && codes.length <= LARGEST_ARRAY;
  const pointers = [
    layer.windows === null ? 'NULL' : `&${id}_windows`,
    hasArray ? `${id}_weights` : 'NULL',
    text(named.weights),
    text(named.moves),
  ];
  const kind = `XFDNN_${layer.kind.toUpperCase()}`;
  const bits = layer.operands[0]?.bits ?? 8;
  return [
    `/* layer ${comment(named.name)} (${comment(named.type)}) */\n#include "../xfdnn.h"\n#include <stddef.h>\n`,
    hasArray ? `static const int16_t ${id}_weights[] = ${array(codes)};\n` : '',
    windowsText(id, layer.windows, layer.transposed),
    ...operands.map(({ definition }) => definition),
    ...results.map(({ definition }) => definition),
    `static const xfdnn_operand ${id}_operands[] = {\n  ${operands.map(({ value }) => value).join(',\n  ')}\n};\n`,
    `static const xfdnn_result ${id}_results[] = {\n  ${results.map(({ value }) => value).join(',\n  ')}\n};\n`,
    `static const xfdnn_layer ${id} = {${text(named.name)}, ${kind}, ${bits}, ${operands.length}, ${id}_operands, ${results.length}, ${id}_results, ${pointers.join(', ')}};\n`,
  ].join('');
}

/** `network.h`: the overlay, the inputs that the host quantizes, and every layer in network order. */
export function networkHeader(
  overlay: string,
  inputs: readonly QuantizedInput[],
  layers: readonly NamedLayer[],
): string {
  const definitions = inputs.map((input, i) => quantized(`xfdnn_network_input${i}`, input));
  return [
    `#include "xfdnn.h"\n#include <stddef.h>\n`,
    ...layers.map(({ header }) => `#include ${text(header)}\n`),
    `\n#define XFDNN_OVERLAY ${text(overlay)}\n`,
    ...definitions,
    `#define XFDNN_INPUTS ${inputs.length}\n`,
    `static const xfdnn_quantized *const xfdnn_inputs[] = {${[...inputs.map((_, i) => `&xfdnn_network_input${i}`), 'NULL'].join(', ')}};\n`,
    `#define XFDNN_LAYERS ${layers.length}\n`,
    `static const xfdnn_layer *const xfdnn_layers[] = {\n  ${[...layers.map(({ identifier }) => `&${identifier}`), 'NULL'].join(',\n  ')}\n};\n`,
  ].join('');
}

/** `vectors/NAME.h`: the known answers of a function as rows of double, which hold every number exactly. */
export function vectorsHeader({ name, columns, rows }: KnownAnswers): string {
  // -0 of C is a whole number, whose sign is lost.
  const cell = (value: number): string => exactText(value).replace(/^-0$/, '-0.0');
  const body = rows.map((row) => `  {${row.map(cell).join(', ')}}`).join(',\n');
  return `/* ${columns.join(', ')} */\n#define XFDNN_${name.toUpperCase()}_COUNT ${rows.length}\nstatic const double xfdnn_${name}[][${columns.length}] = {\n${body}\n};\n`;
}

/** `vectors/NAME.csv`: the names of the columns, then a line for each call. */
export function vectorsTable({ columns, rows }: KnownAnswers): string {
  return `${[columns, ...rows.map((row) => row.map(exactText))].map((row) => row.join(',')).join('\n')}\n`;
}
