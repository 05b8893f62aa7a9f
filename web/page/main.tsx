import { render } from 'preact';

import { App } from './app.js';
import { sessionScript } from './example.js';
import { Lab } from './lab.js';
import { SessionClient } from './session-client.js';

const root = document.getElementById('lab');
const session = new SessionClient(sessionScript());
addEventListener('pagehide', () => session.stop());
if (root !== null) {
  root.replaceChildren();
  render(<App lab={new Lab(session)} />, root);
}
