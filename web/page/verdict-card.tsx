import { verdictFigures } from '../../src/report/html/verdict-card.js';
import { verdictLines } from '../../src/report/verdict.js';
import type { Verdict } from '../../src/verification/verdict/verdict.js';
import type { Verification } from '../../src/verification/verification.js';
import { inPageWords } from '../session/page-words.js';
import type { Lab } from './lab.js';
import type { Settings } from './state.js';

interface CardProps {
  readonly lab: Lab;
  /** How the verdict was found. */
  readonly how: string;
  readonly verdict: Verdict;
  /** Of a verification its shares; a quick look has none. */
  readonly verification: Pick<Verification, 'agreement' | 'accuracy'> | undefined;
}

const NO_SHARES = { agreement: null, accuracy: null };

/** The verdict with its figures, the first cliff, its causes, and what to try as buttons. */
export function VerdictCard({ lab, how, verdict, verification = NO_SHARES }: CardProps) {
  const [, ...advice] = verdictLines(verdict);
  const tries = verdict.next.flatMap((flag) => settingOf(flag) ?? []);
  return (
    <div class={`card ${verdict.grade}`}>
      <dl class="figures">
        <div>
          <dt>{how}</dt>
          <dd class="grade">{verdict.grade}</dd>
        </div>
        {verdictFigures(verdict, verification).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {advice
        .map(inPageWords)
        .filter((line) => !line.startsWith('Try '))
        .map((line) => (
          <p key={line}>{line}</p>
        ))}
      {tries.length > 0 && (
        <div class="buttons">
          <span>Try</span>
          {tries.map(({ words, settings }) => (
            <button
              key={words}
              type="button"
              onClick={() =>
                lab.tryOut(
                  settings.float_layers === undefined
                    ? settings
                    : { float_layers: [...(lab.state.settings.float_layers ?? []), ...settings.float_layers] },
                )
              }
              disabled={lab.state.task !== undefined}
            >
              {words}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

/** A flag that the library proposes as a change of the page's fields; undefined for one that the page has no field for. */
function settingOf(flag: string): { readonly words: string; readonly settings: Settings } | undefined {
  const [, name = '', value = ''] = /^--(\w+) '?(.*?)'?$/.exec(flag) ?? [];
  if (name === 'overlay' && (value === 'v2' || value === 'v3'))
    return { words: `overlay ${value}`, settings: { overlay: value } };
  if (name === 'calibrator' && (value === 'mse' || value === 'max' || value === 'search'))
    return { words: `calibrator ${value}`, settings: { calibrator: value } };
  if (name === 'bitwidths')
    return { words: `${value.split(',')[0]} bits`, settings: { bitwidths: value.split(',').map(Number) } };
  if (name === 'float_layers') return { words: `${value} on the host`, settings: { float_layers: [value] } };
  return undefined;
}
