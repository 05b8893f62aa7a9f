import { fork } from 'node:child_process';

/** @typedef {{ ms: number, cpuMs: number, peakBytes: number }} Timed */

/** The near end of a side: one request at a time to a process that runs `side.js`. */
export class Contestant {
  #process = fork(new URL('side.js', import.meta.url), {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });

  /** @param {Required<import('./race.js').Entrant>} entrant */
  constructor({ title, name, config, count, per, optional }) {
    this.title = title;
    this.name = name;
    this.config = config;
    this.count = count;
    this.per = per;
    this.optional = optional;
  }

  /** Starts up; throws with the side's own message where it cannot. */
  open() {
    return this.#ask('open', { name: this.name, config: this.config });
  }

  /** Results to compare with other sides', if it has any. @returns {Promise<Float32Array[] | undefined>} */
  outputs() {
    return /** @type {any} */ (this.#ask('outputs'));
  }

  /** Throws where the side finds itself wrong. */
  check() {
    return this.#ask('check');
  }

  /** @returns {Promise<Timed>} */
  run() {
    return /** @type {any} */ (this.#ask('run', this.count));
  }

  close() {
    this.#process.removeAllListeners();
    this.#process.kill();
  }

  /** @param {string} request @param {unknown} [argument] */
  #ask(request, argument) {
    return new Promise((resolve, reject) => {
      this.#process.once('exit', (code) => reject(new Error(`${this.title} ended with exit code ${code}.`)));
      this.#process.once('message', (/** @type {any} */ { value, error }) => {
        this.#process.removeAllListeners('exit');
        if (error === undefined) resolve(value);
        else reject(new Error(error));
      });
      this.#process.send({ request, argument });
    });
  }
}
