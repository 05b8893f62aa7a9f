import {
  avgPool,
  interLayerV2,
  interLayerV3,
  quantizeBias,
  quantizeBiasV3,
  quantizeTensor,
  quantizeWeights,
  rsh,
  unquantizeTensor,
} from '../fixed/index.js';
import { largestCode, smallestCode } from '../fixed/rounding.js';

/** Calls of a function of the overlay with their results. */
export interface KnownAnswers {
  /** As `docs/spec/overlay.md` calls it. */
  readonly name: string;
  /** The names of the columns: the arguments in their order, then the result. */
  readonly columns: readonly string[];
  /** Whole numbers, and float32. */
  readonly rows: readonly (readonly number[])[];
}

/** Calls with random arguments for each function, beside those at its edges. */
const RANDOM_CALLS = 500;

const f32 = Math.fround;
const WIDTHS = [8, 16] as const;
const THRESHOLDS = [1, 2, 0.5, f32(0.1), f32(6.3), 127, 1e-30, 0].map(f32);

/** Whole numbers from `lo` to `hi` and fractions of [0, 1), the same for each export. */
class Draws {
  private state = 0x9e3779b9;

  fraction(): number {
    // Marsaglia's xorshift of 32 bits.
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return (this.state >>> 0) / 4294967296;
  }

  whole(lo: number, hi: number): number {
    return lo + Math.floor(this.fraction() * (hi - lo + 1));
  }

  /** Of either sign; its magnitude has any number of bits up to `bits`. */
  signed(bits: number): number {
    const size = this.whole(0, bits);
    return this.whole(-(2 ** size), 2 ** size);
  }

  width(): 8 | 16 {
    return this.whole(0, 1) === 0 ? 8 : 16;
  }

  threshold(): number {
    return f32(2 ** this.whole(-8, 8) * (0.5 + this.fraction()));
  }
}

/** The arguments of a function at its edges, and drawn ones. */
interface Calls {
  readonly columns: readonly string[];
  readonly call: (...args: number[]) => number;
  readonly edges: readonly (readonly number[])[];
  draw(draws: Draws): readonly number[];
}

/** Values of every kind for `clip(x, -th, th) * (m / th)`: codes, halves between them, and values beyond the threshold. */
const roundedEdges = THRESHOLDS.flatMap((th) =>
  WIDTHS.flatMap((bw) => {
    // Values of a dead channel, whose threshold is 0, are not 0.
    const step = (th === 0 ? 1 : th) / largestCode(bw);
    const values = [0, 1, 1.5, 2.5, 63.5, largestCode(bw) - 0.5, largestCode(bw), 2 * largestCode(bw)];
    return values.flatMap((value) => [value * step, -value * step]).map((x) => [th, bw, f32(x)]);
  }),
);

const rounding = (call: (th: number, bw: number, x: number) => number): Calls => ({
  columns: ['th', 'bw', 'x', 'code'],
  call: call as Calls['call'],
  edges: roundedEdges,
  draw(draws) {
    const th = draws.threshold();
    return [th, draws.width(), f32(th * (2.4 * draws.fraction() - 1.2))];
  },
});

const accumulators = [0, 1, -1, 255, 256, -256, 32768, -32769, 8388607, -8388608, 2147483647, -2147483648, 2 ** 40];

const FUNCTIONS: Readonly<Record<string, Calls>> = {
  rsh: {
    columns: ['v', 's', 'result'],
    call: rsh as Calls['call'],
    edges: [5, -5, 6, -6, -7, 3].flatMap((v) => [-1, 0, 1, 2, 3, 31].map((s) => [v, s])),
    draw: (draws) => [draws.signed(45), draws.whole(0, 40)],
  },
  quantizeTensor: rounding(quantizeTensor),
  quantizeWeights: rounding(quantizeWeights),
  quantizeBias: rounding(quantizeBias),
  quantizeBiasV3: {
    columns: ['th_in', 'th_param', 'bw', 'x', 'bw_params', 'code'],
    call: quantizeBiasV3 as Calls['call'],
    edges: WIDTHS.flatMap((bw) =>
      [0, 1, -1, 0.3, 1e6, -1e6, 3e38].flatMap((x) => [
        [2, 0.5, bw, f32(x), bw],
        [0, 0.5, bw, f32(x), bw],
        [f32(0.1), f32(0.01), bw, f32(x), bw === 8 ? 16 : 8],
      ]),
    ),
    draw(draws) {
      const bw = draws.width();
      return [draws.threshold(), draws.threshold(), bw, f32(draws.signed(8) * draws.fraction()), draws.width()];
    },
  },
  unquantizeTensor: {
    columns: ['th', 'bw', 'q', 'value'],
    call: unquantizeTensor as Calls['call'],
    edges: THRESHOLDS.flatMap((th) =>
      WIDTHS.flatMap((bw) => [0, 1, -1, largestCode(bw), smallestCode(bw)].map((q) => [th, bw, q])),
    ),
    draw(draws) {
      const bw = draws.width();
      return [draws.threshold(), bw, draws.whole(smallestCode(bw), largestCode(bw))];
    },
  },
  interLayerV2: {
    columns: ['pre', 'scale', 'post', 'bw', 'acc', 'code'],
    call: interLayerV2 as Calls['call'],
    edges: WIDTHS.flatMap((bw) =>
      accumulators.flatMap((acc) => [
        [9, 107, 7, bw, acc],
        [0, 1, 0, bw, acc],
        [16, 255, 8, bw, acc],
      ]),
    ),
    draw: (draws) => [draws.whole(0, 16), draws.whole(0, 255), draws.whole(0, 8), draws.width(), draws.signed(30)],
  },
  interLayerV3: {
    columns: ['pre', 'scale', 'post', 'bw', 'acc', 'bias', 'code'],
    call: interLayerV3 as Calls['call'],
    edges: WIDTHS.flatMap((bw) =>
      accumulators.flatMap((acc) =>
        [0, 1, -8388608, 8388607].flatMap((bias) => [
          [10, 26000, 20, bw, bw === 8 ? Math.min(acc, 2147483647) : acc, bias],
          [0, 1, 0, bw, Math.min(acc, 2147483647), bias],
        ]),
      ),
    ),
    draw: (draws) => [
      draws.whole(0, 24),
      draws.whole(0, 32768),
      draws.whole(0, 24),
      draws.width(),
      draws.signed(30),
      draws.signed(15),
    ],
  },
  avgPool: {
    columns: ['sum', 'factor', 'shift', 'bw', 'code'],
    call: avgPool as Calls['call'],
    edges: WIDTHS.flatMap((bw) =>
      [0, 980, -980, 6200, -6200, 16777217, -16777217].flatMap((sum) => [
        [sum, 21400, 20, bw],
        [sum, 5, 8, bw],
        [sum, f32(1 / 9), 0, bw],
      ]),
    ),
    draw: (draws) => [draws.signed(22), draws.whole(0, 255), draws.whole(0, 20), draws.width()],
  },
};

/** Known answers of every function of the overlay, the same for each export. Source: `docs/spec/overlay.md`, sections 1 and 2. */
export function knownAnswers(): KnownAnswers[] {
  return Object.entries(FUNCTIONS).map(([name, { columns, call, edges, draw }]) => {
    const draws = new Draws();
    const drawn = Array.from({ length: RANDOM_CALLS }, () => draw(draws));
    return { name, columns, rows: [...distinct(edges), ...drawn].map((args) => [...args, call(...args)]) };
  });
}

/** A number without loss: 0 and -0 are different arguments. */
export const exactText = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));

/** Lists of numbers, each once. */
function distinct(rows: readonly (readonly number[])[]): (readonly number[])[] {
  return [...new Map(rows.map((row) => [row.map(exactText).join(), row])).values()];
}
