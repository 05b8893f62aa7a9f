import { fail } from '../error.js';
import type { Op, TensorFlowNode, TensorFlowReading } from './op.js';
import { expectInputs } from './support/axes.js';
import { oneToOne } from './support/operands.js';
import { constantNumbers, entryOf } from './support/tensorflow.js';

/** `hue`: turned by `amount` of the circle; `saturation`: times `amount`; the others convert between red, green, blue and hue, saturation, value. */
export type AdjustColourAttrs = {
  readonly operation: 'hue' | 'saturation' | 'to-hsv' | 'from-hsv';
  readonly amount: number;
};

const operations: Readonly<Record<string, AdjustColourAttrs['operation']>> = {
  AdjustHue: 'hue',
  AdjustSaturation: 'saturation',
  RGBToHSV: 'to-hsv',
  HSVToRGB: 'from-hsv',
};

function read(node: TensorFlowNode): TensorFlowReading<AdjustColourAttrs> | undefined {
  const operation = entryOf(node, operations);
  const isAdjustment = operation === 'hue' || operation === 'saturation';
  const amount = isAdjustment ? constantNumbers(node, 1)?.[0] : 0;
  return amount === undefined ? undefined : { attrs: { operation, amount }, inputs: [0], params: [] };
}

type Colour = readonly [number, number, number];

/** Hue as a part of the circle from 0, saturation, value. */
function toHsv([red, green, blue]: Colour): Colour {
  const value = Math.max(red, green, blue);
  const range = value - Math.min(red, green, blue);
  const saturation = value > 0 ? range / value : 0;
  if (!(range > 0)) return [0, saturation, value];
  const sixth = 1 / (6 * range);
  const hue =
    red === value
      ? (green - blue) * sixth
      : green === value
        ? (blue - red) * sixth + 2 / 6
        : (red - green) * sixth + 4 / 6;
  return [hue < 0 ? hue + 1 : hue, saturation, value];
}

function fromHsv([hue, saturation, value]: Colour): Colour {
  const limited = (x: number): number => Math.min(Math.max(x, 0), 1);
  const place = hue * 6;
  const parts = [Math.abs(place - 3) - 1, 2 - Math.abs(place - 2), 2 - Math.abs(place - 4)];
  const [red = 0, green = 0, blue = 0] = parts.map((part) => ((limited(part) - 1) * saturation + 1) * value);
  return [red, green, blue];
}

function adjusted({ operation, amount }: AdjustColourAttrs, colour: Colour): Colour {
  if (operation === 'from-hsv') return fromHsv(colour);
  const [hue, saturation, value] = toHsv(colour);
  if (operation === 'to-hsv') return [hue, saturation, value];
  if (operation === 'saturation') return fromHsv([hue, Math.min(Math.max(saturation * amount, 0), 1), value]);
  const turned = hue + amount;
  return fromHsv([turned - Math.floor(turned), saturation, value]);
}

/** Colours of the last axis with another hue or saturation, or in other coordinates; in double, rounded once. */
export const adjustColour: Op<AdjustColourAttrs> = {
  name: 'adjust-colour',
  tensorflow: { types: Object.keys(operations), read },
  shape(_attrs, inputs) {
    const [input] = expectInputs(inputs, 1);
    if (input.at(-1) !== 3) fail('model', '', `expected 3 channels in the last axis, got ${input.join('x')}.`);
    return [input];
  },
  rule: () => ({ kind: 'host' }),
  reference: oneToOne(({ attrs }, { data }, output) => {
    for (let at = 0; at < data.length; at += 3)
      output.data.set(adjusted(attrs, [data[at], data[at + 1], data[at + 2]]), at);
  }),
};
