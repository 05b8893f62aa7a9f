import { useState } from 'preact/hooks';
import { markOf } from '../../src/report/html/grades.js';
import { layerLabel } from '../../src/report/layer-label.js';
import { decibels } from '../../src/report/verdict.js';
import { counted } from '../../src/report/words.js';
import type { LiveLayer } from '../../src/verification/live/live-results.js';
import { Change } from './change.js';
import type { Lab } from './lab.js';
import { LayerInspector } from './layer-inspector.js';
import { Listbox } from './listbox.js';
import { editedCount, isEdited } from './live-control.js';
import { Predictions, rightOnes } from './predictions.js';
import { shortNames } from './short-names.js';
import type { Live } from './state.js';

interface ThresholdsProps {
  readonly lab: Lab;
  readonly live: Live;
}

/** The layers with their thresholds, and the one that is changed. */
export function ThresholdsTab({ lab, live }: ThresholdsProps) {
  const layers = live.layers.filter(({ blob }) => live.ranges[blob] !== undefined);
  const [chosen, setChosen] = useState(() => worstOf(layers)?.blob ?? '');
  const layer = layers.find(({ blob }) => blob === chosen) ?? worstOf(layers);
  if (layer === undefined) return <p>No layer of this network has a threshold.</p>;
  const range = live.ranges[layer.blob];
  return (
    <>
      <Overall lab={lab} live={live} edited={editedCount(live)} />
      <div class="thresholds">
        <LayerList layers={layers} live={live} chosen={layer.blob} choose={setChosen} />
        <div>
          {range !== undefined && <LayerInspector key={layer.blob} lab={lab} live={live} layer={layer} range={range} />}
          <Predictions live={live} />
        </div>
      </div>
    </>
  );
}

const worstOf = (layers: readonly LiveLayer[]): LiveLayer | undefined =>
  layers.reduce<LiveLayer | undefined>(
    (low, each) => (low === undefined || each.sqnr < low.sqnr ? each : low),
    undefined,
  );

function Overall({ lab, live, edited }: ThresholdsProps & { readonly edited: number }) {
  const { sqnr, agreement, images, opened } = live;
  const right = rightOnes(live);
  return (
    <div class="row overall">
      <dl class="figures" aria-live="polite">
        <div>
          <dt>at the output</dt>
          <dd>
            {sqnr === null ? '-' : decibels(sqnr)} <Change now={sqnr} before={opened.sqnr} />
          </dd>
        </div>
        <div>
          <dt>keep their best class</dt>
          <dd>{agreement === null ? '-' : `${Math.round(agreement * images.length)} of ${images.length}`}</dd>
        </div>
        {right !== undefined && (
          <div>
            <dt>as labelled, in float {right.float}</dt>
            <dd>{`${right.fixed} of ${images.length}`}</dd>
          </div>
        )}
        <div>
          <dt>set by hand</dt>
          <dd>{counted(edited, 'layer')}</dd>
        </div>
      </dl>
      <button type="button" disabled={edited === 0} onClick={() => lab.resetThresholds()}>
        Back to the calibration
      </button>
    </div>
  );
}

interface ListProps {
  readonly layers: readonly LiveLayer[];
  readonly live: Live;
  readonly chosen: string;
  readonly choose: (blob: string) => void;
}

/** The scale of the bars, in dB. */
const FULL = 50;

function LayerList({ layers, live, chosen, choose }: ListProps) {
  const names = shortNames(layers.map(({ name }) => name));
  return (
    <Listbox
      title="Layers"
      chosen={chosen}
      choose={choose}
      options={layers.map((layer, index) => ({
        id: layer.blob,
        kind: isEdited(live, layer) ? 'edited' : '',
        body: () => (
          <>
            <span class="name" title={layerLabel(layer)}>
              {layerLabel(layer).replace(layer.name, () => names[index] ?? '')}
            </span>
            <span class={`figure ${markOf(layer.sqnr) ?? ''}`}>{decibels(layer.sqnr)}</span>
            <span class={`level ${markOf(layer.sqnr) ?? ''}`} style={{ width: `${levelOf(layer)}%` }} />
          </>
        ),
      }))}
    />
  );
}

const levelOf = ({ sqnr }: LiveLayer): number => Math.max(0, Math.min(100, (100 * sqnr) / FULL));
