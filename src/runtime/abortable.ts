/** Work that a signal ends, with one listener for all of it. */
export class Abortable {
  private readonly pending = new Set<(reason: unknown) => void>();
  private readonly abort = (): void => {
    for (const reject of this.pending) reject(this.signal.reason);
    this.pending.clear();
  };

  constructor(private readonly signal: AbortSignal) {
    signal.addEventListener('abort', this.abort, { once: true });
  }

  /** The result of a promise, or the reason of the signal as soon as that is aborted. */
  until<T>(work: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.signal.aborted) return reject(this.signal.reason);
      this.pending.add(reject);
      work.then(resolve, reject).finally(() => this.pending.delete(reject));
    });
  }

  /** Listens no more. */
  end(): void {
    this.signal.removeEventListener('abort', this.abort);
  }
}
