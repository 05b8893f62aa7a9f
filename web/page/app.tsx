import { useEffect, useState } from 'preact/hooks';
import { Calibration } from './calibration-panel.js';
import { FilesPanel } from './files-panel.js';
import type { Lab } from './lab.js';
import { Problems } from './problems.js';
import { Results } from './results.js';

/** The whole page: what is set at the left, what comes of it at the right. */
export function App({ lab }: { readonly lab: Lab }) {
  const [state, setState] = useState(lab.state);
  useEffect(() => lab.subscribe(() => setState(lab.state)), [lab]);
  return (
    <>
      <a class="skip" href="#results">
        Skip to the results
      </a>
      <header class="top">
        <h1>xfDNN quantizer lab</h1>
        <p class="faint">Scaling files of the xDNN overlay, made and verified in this tab. Nothing is uploaded.</p>
        <button
          type="button"
          class="example"
          aria-disabled={state.task !== undefined}
          onClick={() => lab.loadExample()}
        >
          Load the example
        </button>
      </header>
      <div class="bench">
        <aside aria-label="Set-up">
          <FilesPanel lab={lab} state={state} />
          <Calibration lab={lab} state={state} />
        </aside>
        <main id="results" tabIndex={-1}>
          <Problems lab={lab} problems={state.problems} />
          <Results lab={lab} state={state} />
        </main>
      </div>
    </>
  );
}
