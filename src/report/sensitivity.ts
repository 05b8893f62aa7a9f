import type { Closeness, LayerSensitivity, Sensitivity } from '../verification/sensitivity/sensitivity.js';
import { joinedLabel } from './layer-label.js';
import type { TextStyle } from './style.js';
import { table } from './table.js';
import { counted, percent } from './words.js';

const HEAD = ['layer', 'bits', 'MACs', 'alone dB', 'agree', 'without it dB', 'agree'];

const LEGEND = [
  'alone: only this layer quantized, its weights and its output codes.',
  'without it: only this layer in float, all others quantized.',
  'dB: signal to noise at the outputs, before a final Softmax. agree: images that keep their class.',
];

/** The layers of a network, the most costly first, with a legend; the network as deployed below. */
export function sensitivityText(result: Sensitivity, style: TextStyle = {}): string {
  const { layers, images, deployed, output } = result;
  const macs = layers.reduce((sum, layer) => sum + layer.macs, 0);
  const lines = [
    table(
      HEAD,
      layers.map((layer) => rowOf(layer, macs)),
      style,
    ),
    ...LEGEND,
    '',
  ];
  lines.push(`${counted(images, 'image')}. With every layer quantized: ${closenessText(deployed, output)}.`);
  return [...lines, ''].join('\n');
}

function rowOf(layer: LayerSensitivity, macs: number): string[] {
  const { quantized, float } = layer;
  return [
    joinedLabel(layer.name, layer.followers),
    layer.bw === null ? 'host' : String(layer.bw),
    layer.macs === 0 ? '-' : percent(layer.macs / macs),
    quantized.sqnr.toFixed(2),
    agreementOf(quantized),
    float.sqnr.toFixed(2),
    agreementOf(float),
  ];
}

const agreementOf = ({ agreement }: Closeness): string => (agreement === null ? '-' : percent(agreement));

/** Figures at the outputs, as words of a sentence. */
function closenessText({ sqnr, agreement }: Closeness, output: string | null): string {
  const decibels = `${sqnr.toFixed(2)} dB`;
  return agreement === null || output === null
    ? `${decibels}; no output of the network looks like class scores, so there is no agreement`
    : `${decibels}, agreement with float at "${output}" ${percent(agreement)}`;
}
