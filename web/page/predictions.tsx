import type { LivePrediction } from '../../src/verification/live/live-results.js';
import { namesOf } from './paths.js';
import type { Live } from './state.js';

/** What the network says of each image, in float32 and on the overlay. */
export function Predictions({ live }: { readonly live: Live }) {
  const names = namesOf(live.images);
  const rows = live.predictions.flatMap(([prediction], image) =>
    prediction === undefined ? [] : [{ name: names[image] ?? '', prediction, label: live.labels?.[image] }],
  );
  if (rows.length === 0) return null;
  return (
    <section aria-labelledby="predictions-title">
      <h3 id="predictions-title">Predictions</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a keyboard has to reach what scrolls */}
      <section class="scroll" tabIndex={0} aria-label="Predictions of the images">
        <table>
          <thead>
            <tr>
              <th scope="col">Image</th>
              {live.labels !== undefined && <th scope="col">Label</th>}
              <th scope="col">Float</th>
              <th scope="col">Overlay</th>
              <th scope="col">Five best on the overlay</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ name, prediction, label }) => (
              <tr key={name} class={bestOf(prediction.float) === bestOf(prediction.fixed) ? '' : 'flipped'}>
                <th scope="row">{name}</th>
                {label !== undefined && <td>{label}</td>}
                <td>{scored(prediction.float)}</td>
                <td>{scored(prediction.fixed)}</td>
                <td>{prediction.fixed.map((each) => each.class).join(', ')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}

/** How many images are classified as labelled, in float32 and on the overlay; undefined where no labels are known. */
export function rightOnes({ labels, predictions }: Live): Readonly<Record<'float' | 'fixed', number>> | undefined {
  if (labels === undefined || predictions.every((outputs) => outputs.length === 0)) return undefined;
  const right = (of: 'float' | 'fixed'): number =>
    predictions.filter(([first], image) => first !== undefined && bestOf(first[of]) === labels[image]).length;
  return { float: right('float'), fixed: right('fixed') };
}

type Scores = LivePrediction['float'];

const bestOf = ([best]: Scores): number | undefined => best?.class;

const scored = ([best]: Scores): string => (best === undefined ? '-' : `${best.class} (${best.score.toPrecision(3)})`);
