/** A finding of `check` in a scaling file. */
export interface Fault {
  /** Name of the entry; `#3` where the third entry has none. */
  readonly entry: string;
  /** Key of the entry. */
  readonly key: string;
  /** Index into that key's list. */
  readonly channel?: number;
  /** `expected X, got Y.` and the consequence. */
  readonly message: string;
  /** A fault makes the file wrong; a warning is legal but worth knowing. */
  readonly severity: 'fault' | 'warning';
  /** Whether the right value follows from the rest of the file (and the network, where given). */
  readonly derivable: boolean;
}

type Details = Partial<Pick<Fault, 'channel' | 'derivable'>>;

/** A fault; not derivable unless it says so. */
export function fault(entry: string, key: string, message: string, details: Details = {}): Fault {
  return { entry, key, message, severity: 'fault', derivable: false, ...details };
}

/** A warning; not derivable unless it says so. */
export function warning(entry: string, key: string, message: string, details: Details = {}): Fault {
  return { entry, key, message, severity: 'warning', derivable: false, ...details };
}

/** Whether it makes the file wrong. */
export function isFault({ severity }: Fault): boolean {
  return severity === 'fault';
}
