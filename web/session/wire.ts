import type { Problem } from './problem.js';

/** The name of the worker that holds the library. */
export const SESSION = 'xfdnn-session';

/** What a page asks of the session. */
export interface CallMessage {
  readonly call: number;
  readonly name: string;
  readonly argument: unknown;
}

/** Asks the session to give a call up. */
export interface CancelMessage {
  readonly cancel: number;
}

/** What the session says: how far a call is, and at its end one value or one problem, or that it was given up. */
export type ReplyMessage = { readonly call: number } & (
  | { readonly progress: Progress }
  | { readonly value: unknown }
  | { readonly isCancelled: true }
  | { readonly problem: Problem }
);

/** How far a call is. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  /** The current step: the name of a layer, for one. */
  readonly label: string;
}

/** What a call is given beside its argument. */
export interface CallHooks {
  progress(done: number, total: number, label: string): void;
  /** Aborted where the page gives the call up. */
  readonly signal: AbortSignal;
}

/** A function of the session: plain data in, plain data out. */
export type SessionCall = (argument: any, hooks: CallHooks) => unknown;

/** The argument of a call, and what its promise gives. */
export type ArgumentOf<Call extends SessionCall> = Parameters<Call>[0];
export type ValueOf<Call extends SessionCall> = Awaited<ReturnType<Call>>;
