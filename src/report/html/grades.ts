import { scaleThreshold } from 'd3-scale';
import { GRADE_LIMITS } from '../../verification/verdict/verdict.js';

const { good, broken } = GRADE_LIMITS;

/** From so many dB on a layer is drawn as fine. */
const FINE = 30;

const fill = scaleThreshold<number, string>()
  .domain([broken.sqnr, good.sqnr, FINE])
  .range(['fill-bad', 'fill-poor', 'fill-fair', 'fill-good']);

/** The colour of a ratio in dB, as a class; null: of what is not compared. */
export const fillOf = (sqnr: number | null): string => (sqnr === null ? 'fill-none' : fill(sqnr));

/** How a ratio in dB is marked: below the limits of the grades. */
export const markOf = (sqnr: number): 'bad' | 'poor' | undefined =>
  sqnr < broken.sqnr ? 'bad' : sqnr < good.sqnr ? 'poor' : undefined;

/** The limits of the grades in dB, with the class of the line that shows them. */
export const LIMITS = [
  [good.sqnr, 'limit'],
  [broken.sqnr, 'limit bad'],
] as const;

/** The meaning of {@link fillOf}. */
export const FILL_LEGEND = [
  ['fill-good', `${FINE} dB and more`],
  ['fill-fair', `${good.sqnr} to ${FINE} dB`],
  ['fill-poor', `${broken.sqnr} to ${good.sqnr} dB`],
  ['fill-bad', `below ${broken.sqnr} dB`],
  ['fill-none', 'not compared'],
] as const;
