import { useState } from 'preact/hooks';
import { integerBudget } from '../../src/report/html/integer-budget.js';
import { layerBars } from '../../src/report/html/layer-bars.js';
import { networkGraph } from '../../src/report/html/network-graph.js';
import { counted } from '../../src/report/words.js';
import { inPageWords } from '../session/page-words.js';
import { SaveReport } from './download.js';
import { Drawn } from './drawn.js';
import { NumberField } from './fields.js';
import type { Lab } from './lab.js';
import { nameOf } from './paths.js';
import type { Calibration, State } from './state.js';

/** Calibration images that are verified where no number is chosen. */
const DEFAULT_IMAGES = 32;

interface VerificationProps {
  readonly lab: Lab;
  readonly state: State;
  readonly calibration: Calibration;
}

/** A verification of the file as it is: how close the overlay comes to float, layer by layer. */
export function VerificationTab({ lab, state, calibration }: VerificationProps) {
  const [wanted, setImages] = useState<number>();
  const { verification, task, files } = state;
  const isJudged = files.judged.length > 0;
  const most = isJudged ? files.judged.length : calibration.images.length;
  const images = Math.min(most, wanted ?? (isJudged ? most : DEFAULT_IMAGES));
  return (
    <>
      <div class="row">
        <NumberField title="Images" value={images} range={[1, most]} change={setImages} />
        <button type="button" class="main" aria-disabled={task !== undefined} onClick={() => lab.verify(images)}>
          Verify
        </button>
        {verification !== undefined && <SaveReport lab={lab} name={reportName(calibration)} />}
      </div>
      <p class="faint">
        Runs {isJudged ? 'the images to verify with' : 'calibration images'} in float32 and on the emulated overlay, bit
        for bit, with the thresholds as they are now. {accuracyWords(state)}
      </p>
      {verification !== undefined && <Verified verification={verification} overlay={calibration.overlay} />}
    </>
  );
}

/** What labels are there for, or how there are some. */
function accuracyWords({ files: { labels }, verification }: State): string {
  if (labels === undefined) return 'With a file of labels it says how many images are classified rightly.';
  const isUnused = verification !== undefined && verification.accuracy === null;
  return isUnused
    ? 'The labels are not used: the network has no scores of classes.'
    : `Labels are those of ${nameOf(labels)}.`;
}

const reportName = ({ flags }: Calibration): string => (flags.output_json ?? 'report.json').replace(/json$/, 'html');

function Verified({
  verification,
  overlay,
}: {
  readonly verification: NonNullable<State['verification']>;
  readonly overlay: Calibration['overlay'];
}) {
  const layers = verification.layers.map((layer) => ({ ...layer, range: null, weights: null, largestSum: null }));
  return (
    <>
      {verification.lines.length > 0 && (
        <details>
          <summary>{counted(verification.lines.length, 'note')} of the check</summary>
          <ul>
            {verification.lines.map((line) => (
              <li key={line}>{inPageWords(line)}</li>
            ))}
          </ul>
        </details>
      )}
      <h3>Signal to noise by layer</h3>
      <Drawn drawing={layerBars(layers)} />
      <h3>Integer budget</h3>
      <Drawn drawing={integerBudget(layers, overlay, verification.images)} />
      <h3>Where it is lost</h3>
      <Drawn drawing={networkGraph(verification.network)} />
    </>
  );
}
