import { useEffect, useRef } from 'preact/hooks';
import type { QuantizeFlags } from '../../src/jobs/quantize-flags.js';
import { Check, Choice, NumberField, Segments } from './fields.js';
import { DEFAULT_SEED, DEFAULT_SIZE } from './flags.js';
import type { Lab } from './lab.js';
import type { State } from './state.js';

const CALIBRATORS = [
  ['mse', 'mse: least error'],
  ['search', 'search: by emulation'],
  ['reference', "reference: the original's"],
  ['max', 'max: the largest value'],
  ['percentile', 'percentile: 99.999'],
  ['percentile:99.99', 'percentile: 99.99'],
  ['percentile:99.9', 'percentile: 99.9'],
] as const;

interface PanelProps {
  readonly lab: Lab;
  readonly state: State;
}

/** The choices of a calibration, and the button that runs it. */
export function Calibration({ lab, state }: PanelProps) {
  const { overlay, bitwidths, calibrator } = state.settings;
  return (
    <section aria-labelledby="calibration-title">
      <h2 id="calibration-title">Calibration</h2>
      <div class="fields">
        <Segments
          title="Overlay"
          values={['v2', 'v3']}
          value={overlay ?? 'v2'}
          change={(value) => lab.change({ overlay: value as 'v2' | 'v3' })}
        />
        <Segments
          title="Bits"
          values={['8', '16']}
          value={String(bitwidths?.[0] ?? 8)}
          change={(value) => lab.change({ bitwidths: value === '8' ? undefined : [16, 16, 16] })}
        />
        <Choice
          title="Calibrator"
          options={CALIBRATORS}
          value={calibrator ?? 'mse'}
          change={(value) => lab.change({ calibrator: value as QuantizeFlags['calibrator'] })}
        />
        <Sample lab={lab} state={state} />
      </div>
      <MoreChoices lab={lab} state={state} />
      <Run lab={lab} state={state} />
    </section>
  );
}

function Sample({ lab, state: { settings, files } }: PanelProps) {
  return (
    <>
      <NumberField
        title="Images"
        value={Math.min(settings.calibration_size ?? DEFAULT_SIZE, files.images.length || DEFAULT_SIZE)}
        range={[1, Math.max(1, files.images.length)]}
        change={(value) => lab.change({ calibration_size: value })}
      />
      <NumberField
        title="Seed"
        value={settings.calibration_seed ?? DEFAULT_SEED}
        range={[0, 2 ** 32 - 1]}
        change={(value) => lab.change({ calibration_seed: value })}
      />
    </>
  );
}

function MoreChoices({ lab, state: { settings } }: PanelProps) {
  return (
    <details>
      <summary>More choices</summary>
      <div class="fields">
        <Choice
          title="Multipliers"
          options={[
            ['', 'as the overlay needs'],
            ['exact', 'exact: powers of two'],
            ['natural', 'natural: any value'],
          ]}
          value={settings.multipliers ?? ''}
          change={(value) =>
            lab.change({ multipliers: value === '' ? undefined : (value as QuantizeFlags['multipliers']) })
          }
        />
        <Choice
          title="Walk"
          options={[
            ['', 'as the framework needs'],
            ['progressive', 'progressive: on codes'],
            ['reference', 'reference: in float'],
          ]}
          value={settings.walk ?? ''}
          change={(value) => lab.change({ walk: value === '' ? undefined : (value as QuantizeFlags['walk']) })}
        />
      </div>
      <Check
        title="Entries of fully connected layers"
        value={settings.include_inner_product === true}
        change={(value) => lab.change({ include_inner_product: value || undefined })}
      />
      <Check
        title="Grid steps that are powers of two"
        value={settings.power_of_two === true}
        change={(value) => lab.change({ power_of_two: value || undefined })}
      />
      <Check
        title="One threshold through pooling into Concat"
        value={settings.unify_concat === true}
        change={(value) => lab.change({ unify_concat: value || undefined })}
      />
      <Check
        title="Leave out images that cannot be decoded"
        value={settings.skip_bad_images === true}
        change={(value) => lab.change({ skip_bad_images: value || undefined })}
      />
    </details>
  );
}

/** Brings the results into view where they are below the choices. */
function showResults(): void {
  if (matchMedia('(max-width: 60rem)').matches) document.getElementById('results')?.scrollIntoView();
}

function Run({ lab, state: { task, files, network } }: PanelProps) {
  const button = useRef<HTMLButtonElement>(null);
  const isFollowed = useRef(false);
  const isIdle = task === undefined;
  useEffect(() => {
    if (isFollowed.current && document.activeElement === document.body) button.current?.focus();
    if (isFollowed.current && isIdle) showResults();
    isFollowed.current &&= !isIdle;
  }, [isIdle]);
  const isGraph = network?.framework === 'tensorflow';
  const isReady = network !== undefined && (isGraph || files.weights !== undefined) && files.images.length > 0;
  if (task === undefined)
    return (
      <button
        ref={button}
        type="button"
        class="main"
        disabled={!isReady}
        onClick={() => {
          isFollowed.current = true;
          void lab.calibrate();
        }}
      >
        Calibrate
      </button>
    );
  const { done = 0, total = 1, label = '' } = task.progress ?? {};
  return (
    <div class="task">
      <progress aria-label={task.title} max={total} {...(task.progress === undefined ? {} : { value: done })} />
      <button ref={button} type="button" onClick={() => lab.cancel()}>
        Cancel
      </button>
      <p class="faint" role="status">
        {task.title}
        <span aria-hidden="true">{label === '' ? '' : `: ${label}`}</span>
      </p>
    </div>
  );
}
