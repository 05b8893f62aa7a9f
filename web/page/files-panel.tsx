import { useEffect, useRef, useState } from 'preact/hooks';
import { chosenFiles, droppedFiles, type GivenFile } from './dropped-files.js';
import { NumbersField, TextField } from './fields.js';
import type { Lab } from './lab.js';
import { commonFolder, nameOf } from './paths.js';
import type { Files, State } from './state.js';

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
        <p>Drop a network, its weights and images on the page. Images come beside those that are there.</p>
        <div class="buttons">
          <FileButton title="Choose files" isFolder={false} disabled={state.task !== undefined} take={take} />
          <FileButton title="Choose a folder" isFolder={true} disabled={state.task !== undefined} take={take} />
        </div>
      </div>
      <FileList files={state.files} />
      {state.files.images.length > 0 && (
        <button type="button" disabled={state.task !== undefined} onClick={() => lab.clearImages()}>
          Clear the images
        </button>
      )}
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

function FileList({ files }: { readonly files: Files }) {
  const { model, weights, images, all } = files;
  const isGraph = model !== undefined && /\.pb(txt)?$/i.test(model);
  const sizeOf = (path: string | undefined): string => (path === undefined ? '' : megabytes(all.get(path)?.size ?? 0));
  return (
    <dl class="files">
      <FileRow title="Network" name={model} note={sizeOf(model)} missing="deploy prototxt or frozen graph" />
      {!isGraph && <FileRow title="Weights" name={weights} note={sizeOf(weights)} missing="caffemodel" />}
      <FileRow
        title="Images"
        name={images.length === 0 ? undefined : `${images.length} in ${commonFolder(images)}`}
        note=""
        missing="PNG or JPEG, no labels"
      />
    </dl>
  );
}

interface FileRowProps {
  readonly title: string;
  readonly name: string | undefined;
  readonly note: string;
  readonly missing: string;
}

function FileRow({ title, name, note, missing }: FileRowProps) {
  return (
    <div class={name === undefined ? 'missing' : ''}>
      <dt>{title}</dt>
      <dd title={name}>
        {name === undefined ? missing : title === 'Images' ? name : nameOf(name)} <span class="faint">{note}</span>
      </dd>
    </div>
  );
}

function megabytes(size: number): string {
  return size < 1e5 ? `${(size / 1e3).toFixed(1)} kB` : `${(size / 1e6).toFixed(1)} MB`;
}
