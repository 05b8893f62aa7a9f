import { quickLookText } from '../../src/report/verdict.js';
import { Download } from './download.js';
import type { Lab } from './lab.js';
import type { State } from './state.js';

/** What came of the files and the settings. */
export function Results({ state }: { readonly lab: Lab; readonly state: State }) {
  const { calibration } = state;
  if (calibration === undefined) return <p class="faint">Nothing was calibrated yet.</p>;
  const { flags, scaling, manifest, verdict, overlay } = calibration;
  return (
    <section aria-labelledby="result-title">
      <h2 id="result-title">Scaling file</h2>
      {verdict !== undefined && <p>{quickLookText(verdict, overlay)}</p>}
      <Download name={flags.output_json ?? 'scaling.json'} text={scaling} />
      <Download name={flags.manifest ?? 'manifest.json'} text={manifest} />
    </section>
  );
}
