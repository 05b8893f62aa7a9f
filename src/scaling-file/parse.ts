import { fail } from '../error.js';
import { largestCode } from '../fixed/rounding.js';
import { type Json, positionIn, readJson } from '../formats/json.js';
import type { ScalingEntry } from '../scaling/index.js';
import { type Fault, fault, isFault, warning } from './fault.js';
import { describesInput } from './later-writers.js';

/** The entries of a scaling file, and its deviations from `docs/spec/quantizer.md`, section 6. */
export interface ReadScaling {
  /** Every entry that can be understood; a derivable key that is missing has been filled in or is an empty list. */
  readonly entries: readonly ScalingEntry[];
  readonly faults: readonly Fault[];
  /** Whether no entry had to be left out. */
  readonly complete: boolean;
}

type Kind = 'whole' | 'float' | 'wholes' | 'floats';

const KEYS: Readonly<Record<string, Kind>> = {
  bw_layer_in: 'whole',
  bw_layer_out: 'whole',
  bw_params: 'whole',
  th_layer_in: 'float',
  th_layer_out: 'float',
  th_params: 'floats',
  sf_layer_in: 'float',
  sf_layer_out: 'float',
  sf_params: 'floats',
  prescale_shift: 'wholes',
  scale: 'wholes',
  postscale_shift: 'wholes',
};
const ESSENTIAL = ['bw_layer_in', 'bw_layer_out', 'th_layer_in', 'th_layer_out'];
const DERIVED = ['sf_layer_in', 'sf_layer_out', 'prescale_shift', 'scale', 'postscale_shift'];
const SHAPE = 'expected {"network": [entry, ...]}';

/**
 * The entries of a scaling file, in the file's order. Accepts the forms that published files have: dead channels of either
 * spelling, scale factors rounded or not, missing pooling entries, keys of others (left out).
 * Throws `format`: broken JSON with `file:line:column`; else the first fault with file, entry and key.
 */
export function parseScaling(text: string, fileName = 'scaling file'): ScalingEntry[] {
  const { entries, faults } = readScaling(text, fileName);
  const first = faults.find(isFault);
  if (first !== undefined)
    fail(
      'format',
      `${fileName}: entry "${first.entry}": ${placeOf(first)}`,
      first.message,
      'xfdnn check lists all faults of the file.',
    );
  return [...entries];
}

/** `th_params[3]`: the key a fault is about, with the channel. */
export function placeOf({ key, channel }: Pick<Fault, 'key' | 'channel'>): string {
  return channel === undefined ? key : `${key}[${channel}]`;
}

/** As {@link parseScaling}, but lists the faults instead of throwing, as far as the text is JSON of the right outline. */
export function readScaling(text: string, fileName: string): ReadScaling {
  const root = readJson(text, fileName);
  const outline = (at: number, got: string): never =>
    fail(
      'format',
      `${fileName}:${positionIn(text, at)}`,
      `${SHAPE}, got ${got}.`,
      'Pass a scaling file as xfdnn quantize writes it.',
    );
  if (root.kind !== 'object') return outline(root.at, describeValue(root));
  const network = root.members.get('network') ?? outline(root.at, 'an object without "network"');
  if (network.kind !== 'list') return outline(network.at, `${describeValue(network)} for "network"`);
  const faults: Fault[] = [];
  const entries: ScalingEntry[] = [];
  let needed = 0;
  for (const [index, item] of network.items.entries()) {
    const reader = new EntryReader(item, `#${index + 1}`, faults);
    entries.push(...reader.read());
    if (!reader.leftOut) needed++;
  }
  return { entries, faults, complete: entries.length === needed };
}

function describeValue(json: Json): string {
  if (json.kind === 'object') return 'an object';
  if (json.kind === 'list') return `a list of ${json.items.length}`;
  if (json.kind === 'number') return json.text;
  return JSON.stringify(json.value);
}

/** `151` where `151.0` is due. */
const looksWhole = (text: string): boolean => !/[.eE]/.test(text);

class EntryReader {
  private name: string;
  private readonly firstFault: number;
  /** Whether the entry says nothing about the overlay. */
  leftOut = false;
  private readonly values = new Map<string, number | number[]>();

  constructor(
    private readonly json: Json,
    position: string,
    private readonly faults: Fault[],
  ) {
    this.name = position;
    this.firstFault = faults.length;
  }

  /** The entry, or nothing where too little of it can be understood. */
  read(): ScalingEntry[] {
    const { json } = this;
    if (json.kind !== 'object') return this.reject('name', `expected an entry, got ${describeValue(json)}.`);
    const name = json.members.get('name');
    if (name?.kind !== 'string' || name.value === '')
      return this.reject(
        'name',
        `expected the layer's name, got ${name === undefined ? 'none' : describeValue(name)}.`,
      );
    this.name = name.value;
    if (describesInput(json.members))
      return this.leaveOut(
        'it has scalar parameters and no triple, as a later writer has it for the input; it is left out.',
      );
    json.repeated.forEach((key) =>
      this.faults.push(
        fault(this.name, key, 'expected the key once, got it again.', {
          derivable: key in KEYS && DERIVED.includes(key),
        }),
      ),
    );
    for (const [key, value] of json.members) this.member(key, value);
    return this.complete() ? [this.entry()] : [];
  }

  private leaveOut(message: string): [] {
    this.faults.push(warning(this.name, 'name', message));
    this.leftOut = true;
    return [];
  }

  private reject(key: string, message: string): [] {
    this.faults.push(fault(this.name, key, message));
    return [];
  }

  private member(key: string, value: Json): void {
    if (key === 'name') return;
    const kind = Object.hasOwn(KEYS, key) ? KEYS[key]! : undefined;
    if (kind === undefined) {
      this.faults.push(warning(this.name, key, 'is no key of a scaling file; it is left out.', { derivable: true }));
    } else if (kind === 'whole' || kind === 'float') {
      const number = this.number(key, value, kind === 'whole');
      if (number !== undefined) this.values.set(key, number);
    } else {
      this.list(key, value, kind === 'wholes');
    }
  }

  private list(key: string, value: Json, whole: boolean): void {
    if (value.kind !== 'list') {
      this.faults.push(
        fault(
          this.name,
          key,
          `expected a list of ${whole ? 'whole numbers' : 'floats'}, got ${describeValue(value)}.`,
          { derivable: this.isDerived(key) },
        ),
      );
      return;
    }
    const numbers = value.items.map((item, channel) => this.number(key, item, whole, channel));
    if (numbers.every((number) => number !== undefined)) this.values.set(key, numbers);
  }

  private number(key: string, value: Json, whole: boolean, channel?: number): number | undefined {
    const where = channel === undefined ? {} : { channel };
    const wrong = (message: string): undefined =>
      void this.faults.push(fault(this.name, key, message, { derivable: this.isDerived(key), ...where }));
    const odd = (message: string): unknown =>
      this.faults.push(warning(this.name, key, message, { derivable: true, ...where }));
    if (value.kind !== 'number')
      return wrong(`expected a ${whole ? 'whole number' : 'float'}, got ${describeValue(value)}.`);
    const { text } = value;
    if (whole && !Number.isSafeInteger(value.value)) return wrong(`expected a whole number, got ${text}.`);
    if (whole && !looksWhole(text)) odd(`expected a whole number without a decimal point, got ${text}.`);
    if (!whole && looksWhole(text))
      odd(`expected a decimal point, got ${text}: consumers divide whole numbers with integer semantics.`);
    return value.value;
  }

  private isDerived(key: string): boolean {
    return DERIVED.includes(key) || key === 'sf_params';
  }

  /** Whether every key that cannot be derived is there; names those that are missing. */
  private complete(): boolean {
    const weighted = this.values.has('th_params') || this.values.has('bw_params') || this.values.has('sf_params');
    const essential = weighted ? [...ESSENTIAL, 'bw_params', 'th_params'] : ESSENTIAL;
    const needed = weighted ? [...essential, ...DERIVED, 'sf_params'] : [...essential, ...DERIVED];
    for (const key of needed) {
      if (this.values.has(key) || this.alreadyNamed(key)) continue;
      this.faults.push(fault(this.name, key, 'expected the key, got none.', { derivable: this.isDerived(key) }));
    }
    return essential.every((key) => this.values.has(key));
  }

  private alreadyNamed(key: string): boolean {
    // Faults of earlier entries stand before this reader's first.
    return this.faults.slice(this.firstFault).some((other) => other.key === key && other.severity === 'fault');
  }

  private entry(): ScalingEntry {
    const one = (key: string): number => this.values.get(key) as number;
    const list = (key: string): number[] => (this.values.get(key) as number[] | undefined) ?? [];
    const factor = (of: string): number =>
      (this.values.get(`sf_${of}`) as number | undefined) ?? one(`th_${of}`) / largestCode(one(`bw_${of}`));
    const params = this.values.has('th_params')
      ? { bw_params: one('bw_params'), th_params: list('th_params'), sf_params: list('sf_params') }
      : {};
    return {
      name: this.name,
      bw_layer_in: one('bw_layer_in'),
      bw_layer_out: one('bw_layer_out'),
      th_layer_in: one('th_layer_in'),
      th_layer_out: one('th_layer_out'),
      sf_layer_in: factor('layer_in'),
      sf_layer_out: factor('layer_out'),
      ...params,
      prescale_shift: list('prescale_shift'),
      scale: list('scale'),
      postscale_shift: list('postscale_shift'),
    };
  }
}
