import { histogramPlot, histogramReach } from '../../src/report/html/histogram.js';
import { legend, lineLegend } from '../../src/report/html/plot.js';
import { digits } from '../../src/report/html/range-boxes.js';
import { layerLabel } from '../../src/report/layer-label.js';
import { decibels } from '../../src/report/verdict.js';
import { percent } from '../../src/report/words.js';
import type { LiveLayer } from '../../src/verification/live/live-results.js';
import type { BlobRange } from '../session/blob-ranges.js';
import { Change } from './change.js';
import { Drawn } from './drawn.js';
import type { Lab } from './lab.js';
import type { Live } from './state.js';

interface InspectorProps {
  readonly lab: Lab;
  readonly live: Live;
  readonly layer: LiveLayer;
  readonly range: BlobRange;
}

/** Steps of the threshold over the width of the histogram. */
const STEPS = 1000;

/** What the lines of the histogram are. */
const LINES = [
  ['limit bad', 'calibrated threshold'],
  ['limit', 'largest value'],
  ['curve', 'squared error of a threshold'],
  ['curve other', 'divergence of a threshold'],
] as const;

/** What a calibrator makes of the histogram. */
const METHODS: Readonly<Record<string, string>> = {
  mse: ' The calibrator mse looks for the least squared error.',
  search: ' The calibrator search compares thresholds by the error of the emulated layer.',
  reference: ' The calibrator reference looks for the least divergence.',
  max: ' The calibrator max takes the largest value.',
  percentile: ' The calibrator percentile leaves out the largest values, so many of each layer.',
};

/** The histogram of a layer with its threshold, which can be dragged, and what the threshold does. */
export function LayerInspector({ lab, live, layer, range }: InspectorProps) {
  const { blob } = layer;
  const threshold = live.wanted[blob] ?? layer.threshold ?? range.threshold;
  const reach = histogramReach(range);
  const before = live.opened.layers.find((each) => each.blob === blob);
  const set = (value: number): void => lab.setThreshold(blob, value);
  return (
    <section class="inspector" aria-labelledby="layer-title">
      <h3 id="layer-title">
        {layerLabel(layer)} <span class="faint">{layer.type}</span>
      </h3>
      <div class="histogram">
        <Drawn drawing={histogramPlot(range)} />
        <input
          type="range"
          class="threshold"
          aria-label={`Threshold of ${layerLabel(layer)}`}
          aria-valuetext={`${digits(threshold)}, ${percent(clippedOf(layer))} clipped, ${decibels(layer.sqnr)}`}
          min={1}
          max={STEPS}
          step={1}
          value={Math.round((STEPS * threshold) / reach)}
          onInput={({ currentTarget }) => set((currentTarget.valueAsNumber * reach) / STEPS)}
        />
      </div>
      <div class="axis-titles" aria-hidden="true">
        <span>↑ values in a bin, log scale</span>
        <span>magnitude in float32 →</span>
      </div>
      <div class="keys">
        <Drawn drawing={legend([['alone', 'magnitudes of the float network']])} />
        <Drawn drawing={lineLegend(LINES)} />
      </div>
      <p class="faint">
        The line with the grip is the threshold: drag it, or move it with the arrow keys. Curves are on log scales of
        their own; the thin line through the lowest point of each is the threshold that it would choose here.
        {METHODS[live.calibrator] ?? METHODS['mse']}
      </p>
      <dl class="figures">
        <Figure name="threshold" value={digits(threshold)} />
        <Figure name="calibrated" value={digits(range.threshold)} />
        <Figure name="clipped" value={percent(clippedOf(layer))} />
        <div>
          <dt>this layer, as deployed</dt>
          <dd>
            {decibels(layer.sqnr)} <Change now={layer.sqnr} before={before?.sqnr ?? null} />
          </dd>
        </div>
        {layer.prescaleClipped > 0 && (
          <Figure name="clipped before scaling" value={percent(layer.prescaleClipped / layer.values)} />
        )}
        {layer.overflows > 0 && <Figure name="overflows" value={String(layer.overflows)} />}
      </dl>
      <div class="buttons">
        <button type="button" onClick={() => set(range.threshold)}>
          Calibrated
        </button>
        <button type="button" onClick={() => set(range.largest)}>
          Largest value
        </button>
        <button type="button" onClick={() => set(threshold / 2)}>
          Half
        </button>
      </div>
    </section>
  );
}

const clippedOf = ({ clipped, values }: LiveLayer): number => (values === 0 ? 0 : clipped / values);

function Figure({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
