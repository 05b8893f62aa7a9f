import { oneClass } from '../one-class.js';
import { type Cause, causesOf } from './causes.js';
import { aloneRatio, type Cliff, cliffOf, firstCliff, weakest } from './cliff.js';
import { type Measured, measuredLayers } from './measured.js';
import { type KnownChoices, nextFlags } from './next-flags.js';
import { outputLayer } from './outputs.js';

/** How good a quantized network is. */
export type Grade = 'good' | 'degraded' | 'broken';

/**
 * The limits of the grades. `good`: at least so many dB at the output, and at most so large a share of images with another
 * best class, one image being allowed where there are few, and no sum beyond the accumulator, and several best classes in float over many images. `broken`: fewer dB, or a larger share. `degraded`: between.
 */
export const GRADE_LIMITS = {
  good: { sqnr: 18, changed: 0.03 },
  broken: { sqnr: 8, changed: 0.25 },
} as const;

/** A judgement of a quantized network over some images. */
export interface Verdict {
  readonly grade: Grade;
  /** Number of images. */
  readonly images: number;
  /** Images whose best class is the same in float; null where no output looks like class scores. */
  readonly kept: number | null;
  /** The class that float gives every image of many: nothing can be judged on them. Absent where there are several. */
  readonly oneClass?: number;
  /** The layer before the softmax, or the worst output, and what it keeps in dB; null where no output is compared. */
  readonly output: { readonly layer: string; readonly sqnr: number } | null;
  /** The layer that keeps least, in dB: by itself, or as deployed where no layer was run alone; null where none has noise. */
  readonly worst: { readonly layer: string; readonly sqnr: number; readonly alone: boolean } | null;
  /** Where the network falls: the first layer that falls by itself about as far as the worst one; of a network that is not good else the weakest. */
  readonly cliff: Cliff | null;
  /** What is counted at the cliff. */
  readonly causes: readonly Cause[];
  /** Flags of `quantize` to try next, the most promising first; empty where the network is good and no layer falls. */
  readonly next: readonly string[];
}

/**
 * Judges a verification: its grade, where it falls, why, and what to try. `explained`: the same network over images of which
 * layers were run alone, where those of `measured` were not.
 */
export function judge(measured: Measured, known: KnownChoices = {}, explained: Measured = measured): Verdict {
  const { images, agreement } = measured.verification;
  const kept = agreement === null ? null : Math.round(agreement.top1 * images);
  const last = outputLayer(measured);
  const output = last === undefined ? null : { layer: last.name, sqnr: last.accumulated.sqnr };
  const isBeyond = explained.verification.layers.some(({ overflows }) => overflows > 0);
  const measuredGrade = gradeOf(output?.sqnr ?? Infinity, images, kept, isBeyond);
  const only = oneClass(measured.verification, measured.reports, known.labels);
  const grade = measuredGrade === 'good' && only !== undefined ? 'degraded' : measuredGrade;
  const found = only === undefined ? {} : { oneClass: only };
  const seen = { grade, images, kept, ...found, output, worst: worstOf(explained) };
  const layers = measuredLayers(explained);
  const at =
    firstCliff(explained.graph, layers) ?? (measuredGrade === 'good' ? undefined : weakest(explained.graph, layers));
  const cliff = at === undefined ? null : cliffOf(explained.graph, at);
  const causes = at === undefined ? [] : causesOf(explained, at, known);
  const isFine = measuredGrade === 'good' && cliff === null;
  return { ...seen, cliff, causes, next: isFine ? [] : nextFlags(explained, cliff, causes, known) };
}

/** `isBeyond`: whether a sum is beyond the accumulator, which the emulation computes and the overlay cannot. */
function gradeOf(sqnr: number, images: number, kept: number | null, isBeyond: boolean): Grade {
  const { good, broken } = GRADE_LIMITS;
  const changed = kept === null ? 0 : images - kept;
  // One image of few is no share.
  const isFew = changed <= 1 && images > 1;
  if (sqnr < broken.sqnr || (changed > broken.changed * images && !isFew)) return 'broken';
  return sqnr >= good.sqnr && !isBeyond && (changed <= good.changed * images || isFew) ? 'good' : 'degraded';
}

/** The layer that keeps least: by itself, or as deployed where none was run alone. */
function worstOf(measured: Measured): Verdict['worst'] {
  const layers = measuredLayers(measured);
  const alone = layers.some(({ layer }) => layer.isolated !== null);
  const ratios = layers.flatMap((each) => {
    const sqnr = alone ? aloneRatio(measured.graph, each) : each.layer.accumulated.sqnr;
    return sqnr === undefined || sqnr === Infinity ? [] : [{ layer: each.layer.name, sqnr, alone }];
  });
  return ratios.reduce<Verdict['worst']>((low, each) => (low !== null && low.sqnr <= each.sqnr ? low : each), null);
}
