import { thresholdBars } from '../../src/report/html/comparison-report.js';
import { decibels } from '../../src/report/verdict.js';
import { counted, percent } from '../../src/report/words.js';
import { compareScaling } from '../../src/scaling-file/compare.js';
import { fieldOf } from '../session/page-words.js';
import { Drawn } from './drawn.js';
import type { Lab } from './lab.js';
import type { Kept, State } from './state.js';

/** A threshold that moved by less counts as the same. */
const TOLERANCE = 0.01;

interface CompareProps {
  readonly lab: Lab;
  readonly state: State;
  /** The present result. */
  readonly present: Kept;
}

/** The kept result beside the present one. */
export function CompareTab({ lab, state, present }: CompareProps) {
  const { kept } = state;
  return (
    <>
      <div class="row">
        <button type="button" class="main" onClick={() => lab.keep()}>
          Keep the present result as A
        </button>
      </div>
      {kept === undefined ? (
        <p>Keep a result as A, change something, calibrate again: both stand here side by side.</p>
      ) : (
        <Sides a={kept} b={present} />
      )}
    </>
  );
}

function Sides({ a, b }: { readonly a: Kept; readonly b: Kept }) {
  const { moves, onlyFirst, onlySecond } = compareScaling(a.entries, b.entries);
  const moved = new Set(
    moves.filter(({ key, relative }) => /^th_layer/.test(key) && relative > TOLERANCE).map(({ entry }) => entry),
  );
  const rows: (readonly [string, string, string])[] = [
    ...differences(a, b),
    ['Verdict', a.verdict?.grade ?? '-', b.verdict?.grade ?? '-'],
    ['At the output', outputOf(a), outputOf(b)],
    ['Images that keep their best class', keptOf(a), keptOf(b)],
    ['Accuracy in float', accuracyOf(a, 'float'), accuracyOf(b, 'float')],
    ['Accuracy on the overlay', accuracyOf(a, 'fixed'), accuracyOf(b, 'fixed')],
    ['First cliff', cliffOf(a), cliffOf(b)],
    ['Judged on', judgedOn(a), judgedOn(b)],
    ['Entries', String(a.entries.length), String(b.entries.length)],
  ];
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a keyboard has to reach what scrolls */}
      <section class="wide" tabIndex={0} aria-label="A and B side by side">
        <table class="sides">
          <thead>
            <tr>
              <td />
              <th scope="col">A, kept</th>
              <th scope="col">B, present</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(([name, left, right]) => (
              <tr key={name} class={left === right ? '' : 'differs'}>
                <th scope="row">{name}</th>
                <td>{left}</td>
                <td>{right}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p>
        Thresholds of {counted(moved.size, 'layer')} moved by more than 1 %
        {onlyFirst.length + onlySecond.length > 0 &&
          `; ${counted(onlyFirst.length, 'entry', 'entries')} only in A, ${onlySecond.length} only in B`}
        .
      </p>
      <Drawn drawing={thresholdBars([a.entries, b.entries], TOLERANCE)} />
    </>
  );
}

/** Flags that are not the same. */
function differences(a: Kept, b: Kept): (readonly [string, string, string])[] {
  const words = (value: unknown): string =>
    value === undefined ? 'default' : typeof value === 'string' ? value : JSON.stringify(value);
  const names = new Set([...Object.keys(a.flags), ...Object.keys(b.flags)] as (keyof Kept['flags'])[]);
  const flags = [...names].map((name) => [fieldOf(name), words(a.flags[name]), words(b.flags[name])] as const);
  const edits = ['thresholds set by hand', String(a.edited), String(b.edited)] as const;
  return [...flags, edits].filter(([, left, right]) => left !== right);
}

const outputOf = ({ verdict }: Kept): string => (verdict?.output == null ? '-' : decibels(verdict.output.sqnr));
const cliffOf = ({ verdict }: Kept): string => (verdict === undefined ? '-' : (verdict.cliff?.layer ?? 'none'));
const keptOf = ({ verdict }: Kept): string => (verdict?.kept == null ? '-' : `${verdict.kept} of ${verdict.images}`);
const accuracyOf = ({ accuracy }: Kept, of: 'float' | 'fixed'): string =>
  accuracy == null ? '-' : percent(accuracy[of].top1);
const judgedOn = ({ verdict, isVerified }: Kept): string =>
  verdict === undefined ? '-' : `${counted(verdict.images, 'image')}, ${isVerified ? 'verified' : 'quick look'}`;
