import type { BitReader, HuffmanTable } from './bits.js';
import type { Component, Frame } from './frame.js';

/** A component in a scan, with its tables and the DC value that the next one is told relative to. */
export interface ScanComponent {
  readonly component: Component;
  readonly dc: HuffmanTable | undefined;
  readonly ac: HuffmanTable | undefined;
  prediction: number;
}

/** A scan header; T.81, B.2.3. */
export interface Scan {
  readonly components: readonly ScanComponent[];
  /** First and last coefficient, in zigzag order. */
  readonly start: number;
  readonly end: number;
  /** The bit that the scan before stopped at, 0 for the first. */
  readonly high: number;
  /** The bit that this scan stops at. */
  readonly low: number;
  /** MCUs between restart markers, 0 for none. */
  readonly restartInterval: number;
}

/** Row-major places of the coefficients in zigzag order; runs that leave the block end in its last place. */
export const ZIGZAG = Uint8Array.from([
  ...[0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28],
  ...[35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63],
  ...new Array<number>(16).fill(63),
]);

/** What the decoding of one block needs and changes. */
interface State {
  readonly reader: BitReader;
  readonly scan: Scan;
  /** Blocks still to come, this one included, that have nothing more in this band. */
  endOfBandRun: number;
}

type BlockDecoder = (state: State, part: ScanComponent, base: number) => void;

/** Decodes the entropy-coded data of a scan into the coefficients of its components. Throws `format` through the reader. */
export function decodeScan(reader: BitReader, scan: Scan, frame: Frame): void {
  const state: State = { reader, scan, endOfBandRun: 0 };
  const decodeBlock = blockDecoder(scan, frame);
  const single = scan.components.length === 1 ? scan.components[0] : undefined;
  const mcus = single === undefined ? frame.mcusAcross * frame.mcusDown : single.component.blocksAcross * single.component.blocksDown;
  for (let mcu = 0; mcu < mcus; mcu++) {
    if (scan.restartInterval > 0 && mcu > 0 && mcu % scan.restartInterval === 0) restart(state);
    if (single !== undefined) decodeSingle(state, single, mcu, decodeBlock);
    else decodeMcu(state, mcu, frame.mcusAcross, decodeBlock);
    if ((mcu & 63) === 0) reader.checkEnd();
  }
  reader.checkEnd();
}

function blockDecoder({ start, high }: Scan, { progressive }: Frame): BlockDecoder {
  if (!progressive) return sequential;
  if (start === 0) return high === 0 ? firstDc : refineDc;
  return high === 0 ? firstAc : refineAc;
}

function restart(state: State): void {
  state.reader.restart();
  state.endOfBandRun = 0;
  for (const part of state.scan.components) part.prediction = 0;
}

function decodeSingle(state: State, part: ScanComponent, index: number, decodeBlock: BlockDecoder): void {
  const { blocksAcross, stride } = part.component;
  const row = Math.floor(index / blocksAcross);
  decodeBlock(state, part, (row * stride + index - row * blocksAcross) * 64);
}

function decodeMcu(state: State, mcu: number, mcusAcross: number, decodeBlock: BlockDecoder): void {
  const row = Math.floor(mcu / mcusAcross);
  const column = mcu - row * mcusAcross;
  for (const part of state.scan.components) {
    const { h, v, stride } = part.component;
    for (let y = row * v; y < (row + 1) * v; y++) {
      for (let x = column * h; x < (column + 1) * h; x++) decodeBlock(state, part, (y * stride + x) * 64);
    }
  }
}

function nextDc(reader: BitReader, part: ScanComponent): number {
  const size = reader.readSymbol(part.dc!);
  if (size > 0) part.prediction += reader.readSigned(size & 15);
  return part.prediction;
}

/** Baseline and extended sequential: a whole block. T.81, F.2.2. */
function sequential({ reader }: State, part: ScanComponent, base: number): void {
  const { coefficients } = part.component;
  const ac = part.ac!;
  coefficients[base] = nextDc(reader, part);
  for (let k = 1; k < 64; k++) {
    const symbol = reader.readSymbol(ac);
    const size = symbol & 15;
    k += symbol >> 4;
    if (size > 0) coefficients[base + ZIGZAG[k]!] = reader.readSigned(size);
    else if (symbol !== 0xf0) return;
  }
}

/** T.81, G.1.2.1: the DC coefficient but for its lowest bits. */
function firstDc({ reader, scan }: State, part: ScanComponent, base: number): void {
  part.component.coefficients[base] = nextDc(reader, part) << scan.low;
}

/** One more bit of the DC coefficient. */
function refineDc({ reader, scan }: State, part: ScanComponent, base: number): void {
  if (reader.read(1) === 1) part.component.coefficients[base]! |= 1 << scan.low;
}

/** T.81, G.1.2.2: a band of AC coefficients but for their lowest bits. */
function firstAc(state: State, part: ScanComponent, base: number): void {
  const { reader, scan } = state;
  if (state.endOfBandRun > 0) {
    state.endOfBandRun--;
    return;
  }
  for (let k = scan.start; k <= scan.end; k++) {
    const symbol = reader.readSymbol(part.ac!);
    const run = symbol >> 4;
    const size = symbol & 15;
    if (size === 0 && run < 15) {
      state.endOfBandRun = bandRun(reader, run) - 1;
      return;
    }
    k += run;
    if (size > 0) part.component.coefficients[base + ZIGZAG[k]!] = reader.readSigned(size) * (1 << scan.low);
  }
}

/** T.81, G.1.2.3: one more bit of a band, and coefficients that become non-zero with it. */
function refineAc(state: State, part: ScanComponent, base: number): void {
  const { reader, scan } = state;
  const { coefficients } = part.component;
  let k = scan.start;
  while (state.endOfBandRun === 0 && k <= scan.end) {
    const symbol = reader.readSymbol(part.ac!);
    const run = symbol >> 4;
    const isNew = (symbol & 15) > 0;
    if (!isNew && run < 15) {
      state.endOfBandRun = bandRun(reader, run);
      break;
    }
    const value = isNew ? (reader.read(1) === 1 ? 1 : -1) << scan.low : 0;
    k = refineRun(state, coefficients, base, k, run);
    if (isNew && k <= scan.end) coefficients[base + ZIGZAG[k]!] = value;
    k++;
  }
  if (state.endOfBandRun === 0) return;
  refineRun(state, coefficients, base, k, 64);
  state.endOfBandRun--;
}

/** Refines the non-zero coefficients from place `k` on and passes over `zeros` zeros; returns the place of the next zero, or the one behind the band. */
function refineRun({ reader, scan }: State, coefficients: Int16Array, base: number, k: number, zeros: number): number {
  const bit = 1 << scan.low;
  for (let left = zeros; k <= scan.end; k++) {
    const at = base + ZIGZAG[k]!;
    const value = coefficients[at]!;
    if (value === 0) {
      if (left-- === 0) return k;
    } else if (reader.read(1) === 1 && (value & bit) === 0) coefficients[at] = value + (value > 0 ? bit : -bit);
  }
  return k;
}

function bandRun(reader: BitReader, run: number): number {
  return (1 << run) + (run > 0 ? reader.read(run) : 0);
}
