import { inPageWords } from '../session/page-words.js';
import { CompareTab } from './compare-tab.js';
import { Download } from './download.js';
import { quantizeFlags } from './flags.js';
import { InputTab } from './input-tab.js';
import type { Lab } from './lab.js';
import { NetworkTab } from './network-tab.js';
import type { Calibration, State, View } from './state.js';
import { type Tab, Tabs } from './tabs.js';
import { ThresholdsTab } from './thresholds-tab.js';
import { VerdictCard } from './verdict-card.js';
import { VerificationTab } from './verification-tab.js';
import { Welcome } from './welcome.js';

interface ResultsProps {
  readonly lab: Lab;
  readonly state: State;
}

/** What came of the files and the settings. */
export function Results({ lab, state }: ResultsProps) {
  const { calibration, network } = state;
  if (network === undefined)
    return (
      <>
        {state.files.model !== undefined && state.task === undefined && (
          <button type="button" class="main" onClick={() => lab.readNetwork()}>
            Read the network
          </button>
        )}
        <Welcome />
      </>
    );
  return (
    <>
      {calibration !== undefined && <Outcome lab={lab} state={state} calibration={calibration} />}
      <Tabs title="Views" tabs={tabsOf(lab, state)} chosen={state.view} choose={(id) => lab.show(id as View)} />
    </>
  );
}

function tabsOf(lab: Lab, state: State): Tab[] {
  const { calibration, network } = state;
  const present = lab.present();
  return [
    {
      id: 'network',
      title: 'Network',
      body: () => network && <NetworkTab lab={lab} state={state} network={network} />,
    },
    { id: 'input', title: 'Input', body: () => <InputTab lab={lab} state={state} /> },
    {
      id: 'thresholds',
      title: 'Thresholds',
      disabled: calibration === undefined,
      body: () => <Thresholds lab={lab} state={state} />,
    },
    {
      id: 'verification',
      title: 'Verification',
      disabled: calibration === undefined,
      body: () => calibration && <VerificationTab lab={lab} state={state} calibration={calibration} />,
    },
    {
      id: 'compare',
      title: 'Compare',
      disabled: present === undefined,
      body: () => present && <CompareTab lab={lab} state={state} present={present} />,
    },
  ];
}

function Thresholds({ lab, state: { live, task } }: ResultsProps) {
  if (live !== undefined) return <ThresholdsTab lab={lab} live={live} />;
  if (task !== undefined) return <p class="faint">The images are being emulated.</p>;
  return (
    <button type="button" class="main" onClick={() => lab.reopenLive()}>
      Emulate the images
    </button>
  );
}

/** The verdict on the present file, and what can be saved. */
function Outcome({ lab, state, calibration }: ResultsProps & { readonly calibration: Calibration }) {
  const { flags, manifest, overlay, images, lines } = calibration;
  const { verification, live } = state;
  const { scaling, entries } = live?.file ?? calibration;
  const present = lab.present();
  const warnings = lines.filter((line) => line.startsWith('warning'));
  return (
    <section class="outcome" aria-label="Result">
      {present?.verdict === undefined ? (
        <p>Verify to judge the thresholds as they are now.</p>
      ) : (
        <VerdictCard
          lab={lab}
          how={present.isVerified ? 'verified' : 'quick look'}
          verdict={present.verdict}
          verification={verification}
        />
      )}
      {isStale(state, calibration) && <p class="poor">Choices have changed since this calibration. Calibrate again.</p>}
      {warnings.length > 0 && (
        <ul class="warnings">
          {warnings.map((line) => (
            <li key={line}>{inPageWords(line)}</li>
          ))}
        </ul>
      )}
      <div class="buttons">
        <Download title="Save the scaling file" name={flags.output_json ?? 'scaling.json'} text={scaling} />
        <Download title="Save the manifest" name={flags.manifest ?? 'manifest.json'} text={manifest} />
        <span class="faint">
          {entries.length} entries for overlay {overlay}, from {images.length} images
          {live?.file !== undefined && '; the manifest repeats the calibration, without what was set by hand'}
        </span>
      </div>
    </section>
  );
}

/** Whether a calibration with the present files and choices would have other flags. */
const isStale = ({ files, settings }: State, { flags }: Calibration): boolean =>
  JSON.stringify(quantizeFlags(files, settings)) !== JSON.stringify(flags);
