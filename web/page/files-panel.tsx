import { useEffect, useRef, useState } from 'preact/hooks';
import { counted } from '../../src/report/words.js';
import { chosenFiles, droppedFiles, type GivenFile } from './dropped-files.js';
import { NumbersField, Segments, TextField } from './fields.js';
import { givenPath, labelledImages } from './files.js';
import type { Lab } from './lab.js';
import { commonFolder, nameOf } from './paths.js';
import type { ClearedFiles, Purpose, State } from './state.js';

/** Where files are dropped or chosen, and what is there. */
export function FilesPanel({ lab, state }: { readonly lab: Lab; readonly state: State }) {
  const [isOver, setOver] = useState(false);
  const take = (given: readonly GivenFile[]): void => void lab.addFiles(given);
  // A browser shows a file that is dropped anywhere else in place of the page.
  useEffect(() => {
    const over = (event: DragEvent): void => {
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent): void => void (event.relatedTarget === null && setOver(false));
    const drop = (event: DragEvent): void => {
      event.preventDefault();
      setOver(false);
      if (event.dataTransfer !== null) void droppedFiles(event.dataTransfer).then(take);
    };
    const listeners = [
      ['dragover', over],
      ['dragleave', leave],
      ['drop', drop],
    ] as const;
    for (const [name, listener] of listeners) document.addEventListener(name, listener);
    return () => {
      for (const [name, listener] of listeners) document.removeEventListener(name, listener);
    };
  }, [lab]);
  return (
    <section aria-labelledby="files-title">
      <h2 id="files-title">Files</h2>
      <div class={`drop ${isOver ? 'over' : ''}`}>
        <p>Drop a network, its weights, images and labels on the page. Images come beside those that are there.</p>
        <Segments
          title="Images for"
          values={['calibration', 'verification']}
          value={state.purpose}
          change={(value) => lab.setPurpose(value as Purpose)}
        />
        <div class="buttons">
          <FileButton title="Choose files" isFolder={false} disabled={state.task !== undefined} take={take} />
          <FileButton title="Choose a folder" isFolder={true} disabled={state.task !== undefined} take={take} />
        </div>
      </div>
      <FileList lab={lab} state={state} />
      {state.files.model !== undefined && <NetworkFields lab={lab} state={state} />}
    </section>
  );
}

/** What a model file may leave open. */
function NetworkFields({ lab, state: { settings, network } }: { readonly lab: Lab; readonly state: State }) {
  return (
    <details>
      <summary>Input and output of the network</summary>
      <div class="fields">
        <NumbersField
          title="Input size"
          value={settings.dims}
          shown={network?.input?.slice(1)}
          change={(values) => lab.change({ dims: values })}
        />
        <TextField
          title="Input layer"
          value={settings.input_layer}
          hint="the network's own"
          change={(name) => lab.change({ input_layer: name })}
        />
        <TextField
          title="Output layers"
          value={settings.output_layer?.join(', ')}
          hint="the network's own"
          change={(names) => lab.change({ output_layer: names?.split(/[\s,]+/) })}
        />
      </div>
    </details>
  );
}

interface FileButtonProps {
  readonly title: string;
  readonly isFolder: boolean;
  readonly disabled: boolean;
  readonly take: (given: readonly GivenFile[]) => void;
}

function FileButton({ title, isFolder, disabled, take }: FileButtonProps) {
  const field = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" disabled={disabled} onClick={() => field.current?.click()}>
        {title}
      </button>
      <input
        ref={field}
        type="file"
        hidden
        multiple
        {...(isFolder ? { webkitdirectory: true } : {})}
        data-files={isFolder ? 'folder' : 'files'}
        onChange={({ currentTarget }) => {
          take(chosenFiles(currentTarget.files));
          currentTarget.value = '';
        }}
      />
    </>
  );
}

function FileList({ lab, state: { files, task } }: { readonly lab: Lab; readonly state: State }) {
  const { model, weights, images, judged, labels, all } = files;
  const isGraph = model !== undefined && /\.pb(txt)?$/i.test(model);
  const sizeOf = (path: string | undefined): string => (path === undefined ? '' : megabytes(all.get(path)?.size ?? 0));
  const clear = (what: string, kind: ClearedFiles) => ({
    what,
    disabled: task !== undefined,
    clear: () => {
      // The button goes away with the files.
      document.querySelector<HTMLElement>('.drop input:checked')?.focus();
      void lab.clear(kind);
    },
  });
  const withLabels = (kind: ClearedFiles): string => (labelledImages(files) === kind ? ' and their labels' : '');
  return (
    <dl class="files">
      <FileRow title="Network" name={model} note={sizeOf(model)} missing="deploy prototxt or frozen graph" />
      {!isGraph && <FileRow title="Weights" name={weights} note={sizeOf(weights)} missing="caffemodel" />}
      <FileRow
        title="Calibration"
        name={imagesIn(images)}
        missing="PNG or JPEG images, no labels"
        clearing={clear(`the images${withLabels('images')}`, 'images')}
      />
      <FileRow
        title="Verification"
        name={imagesIn(judged)}
        missing="the same images, or others"
        clearing={clear(`the images to verify with${withLabels('judged')}`, 'judged')}
      />
      <FileRow
        title="Labels"
        name={labels}
        missing="lines of “file class”, class a number from 0"
        clearing={clear('the labels', 'labels')}
      />
    </dl>
  );
}

/** How many images are where; undefined where there are none. */
function imagesIn(paths: readonly string[]): string | undefined {
  if (paths.length === 0) return undefined;
  const folder = commonFolder(paths.map(givenPath));
  return folder === '' ? counted(paths.length, 'image') : `${paths.length} in ${folder}`;
}

interface FileRowProps {
  readonly title: string;
  /** Of a file or of images; undefined where there are none. */
  readonly name: string | undefined;
  readonly note?: string;
  /** What is wanted. */
  readonly missing: string;
  /** How they are taken away. */
  readonly clearing?: { readonly what: string; readonly disabled: boolean; readonly clear: () => void };
}

function FileRow({ title, name, note = '', missing, clearing }: FileRowProps) {
  const shown = name === undefined || / in /.test(name) ? name : nameOf(name);
  return (
    <div class={name === undefined ? 'missing' : ''}>
      <dt>{title}</dt>
      <dd title={name}>
        <span>
          {shown ?? missing} <span class="faint">{note}</span>
        </span>
        {name !== undefined && clearing !== undefined && (
          <button
            type="button"
            aria-label={`Clear ${clearing.what}`}
            disabled={clearing.disabled}
            onClick={clearing.clear}
          >
            Clear
          </button>
        )}
      </dd>
    </div>
  );
}

function megabytes(size: number): string {
  return size < 1e5 ? `${(size / 1e3).toFixed(1)} kB` : `${(size / 1e6).toFixed(1)} MB`;
}
