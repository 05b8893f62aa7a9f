import { PRESETS, type Preset } from '../../src/images/presets.js';
import type { ResizeRule } from '../../src/images/resize.js';
import { inputPictures } from '../../src/report/html/pictures.js';
import { inPageWords } from '../session/page-words.js';
import { Drawn } from './drawn.js';
import { Choice, NumbersField } from './fields.js';
import type { Lab } from './lab.js';
import { namesOf } from './paths.js';
import type { State } from './state.js';

interface InputProps {
  readonly lab: Lab;
  readonly state: State;
}

const PRESET_WORDS: Readonly<Record<Preset, string>> = {
  original: "the original's defaults",
  caffe: 'BGR minus 104, 117, 123',
  'tf-slim': 'RGB, -1 to 1',
  'keras-tf': 'RGB, -1 to 1',
  'keras-caffe': 'BGR minus 103.9, 116.8, 123.7',
  torch: 'RGB, standardised',
  raw01: 'RGB, 0 to 1',
};

const ORDERS = [
  ['', 'as the preset'],
  ['0,1,2', 'RGB'],
  ['2,1,0', 'BGR'],
] as const;

const RESIZING = [
  ['', 'as the framework'],
  ['caffe', 'half-pixel centres'],
  ['tensorflow', 'the legacy rule'],
] as const;

/** What enters the network: the steps on an own image, the checks, and the fields that change it. */
export function InputTab({ lab, state }: InputProps) {
  const { preview, files, previewed } = state;
  if (files.images.length === 0) return <p>Add images to see what enters the network.</p>;
  return (
    <div class="input">
      <PreprocessingFields lab={lab} state={state} />
      <div>
        <ImageChoice lab={lab} images={files.images} shown={previewed ?? files.images[0] ?? ''} />
        {preview !== undefined && (
          <>
            {preview.warnings.length === 0 ? (
              <p class="good">
                Nothing looks wrong: order, range and spread of the values are those of trained networks.
              </p>
            ) : (
              <ul class="warnings">
                {preview.warnings.map((line) => (
                  <li key={line}>{inPageWords(line)}</li>
                ))}
              </ul>
            )}
            <Drawn drawing={inputPictures(preview.input, preview.pictures)} kind="steps" />
          </>
        )}
      </div>
    </div>
  );
}

function ImageChoice({
  lab,
  images,
  shown,
}: {
  readonly lab: Lab;
  readonly images: readonly string[];
  readonly shown: string;
}) {
  const names = namesOf(images);
  const step = (by: number): void => {
    const next = images[(images.indexOf(shown) + by + images.length) % images.length];
    if (next !== undefined) lab.showImage(next);
  };
  return (
    <div class="buttons pick">
      <button type="button" aria-label="The image before" onClick={() => step(-1)}>
        ‹
      </button>
      <select aria-label="Image" value={shown} onChange={({ currentTarget }) => lab.showImage(currentTarget.value)}>
        {images.map((path, index) => (
          <option key={path} value={path} selected={path === shown}>
            {names[index]}
          </option>
        ))}
      </select>
      <button type="button" aria-label="The next image" onClick={() => step(1)}>
        ›
      </button>
    </div>
  );
}

function PreprocessingFields({ lab, state: { settings, preview } }: InputProps) {
  const { preset, channel_swap, raw_scale, mean_value, input_scale, resize } = settings;
  const used = preview?.preprocessing;
  const first = ([value]: readonly number[]): number | undefined => value;
  return (
    <form class="fields" aria-label="Preprocessing" onSubmit={(event) => event.preventDefault()}>
      <Choice
        title="Preset"
        options={[
          ['', 'as the network shows'],
          ...PRESETS.map((name) => [name, `${name}: ${PRESET_WORDS[name]}`] as const),
        ]}
        value={preset ?? ''}
        change={(value) => lab.change({ preset: value === '' ? undefined : (value as Preset) })}
      />
      <Choice
        title="Channels"
        options={ORDERS}
        value={channel_swap?.join() ?? ''}
        change={(value) => lab.change({ channel_swap: value === '' ? undefined : value.split(',').map(Number) })}
      />
      <NumbersField
        title="Raw scale"
        isSingle
        value={raw_scale === undefined ? undefined : [raw_scale]}
        shown={used && [used.rawScale]}
        change={(values) => lab.change({ raw_scale: values && first(values) })}
      />
      <NumbersField
        title="Mean"
        value={typeof mean_value === 'string' ? undefined : mean_value}
        shown={used?.meanValue}
        change={(values) => lab.change({ mean_value: values })}
      />
      <NumbersField
        title="Input scale"
        isSingle
        value={input_scale === undefined ? undefined : [input_scale]}
        shown={used && [used.inputScale]}
        change={(values) => lab.change({ input_scale: values && first(values) })}
      />
      <Choice
        title="Resizing"
        options={RESIZING}
        value={resize ?? ''}
        change={(value) => lab.change({ resize: value === '' ? undefined : (value as ResizeRule) })}
      />
    </form>
  );
}
