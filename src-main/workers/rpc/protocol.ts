import type { Failure } from '#shared/base/result';

/** Messages of the worker protocol: calls carry ids, can be cancelled, and name their transfer lists. */
export type ClientMessage =
  | { readonly type: 'call'; readonly id: number; readonly method: string; readonly argument: unknown }
  | { readonly type: 'cancel'; readonly id: number };

export type ServerMessage =
  | { readonly type: 'result'; readonly id: number; readonly value: unknown }
  | { readonly type: 'failure'; readonly id: number; readonly failure: Failure }
  | { readonly type: 'progress'; readonly id: number; readonly value: unknown }
  | { readonly type: 'event'; readonly name: string; readonly payload: unknown };

/** What a worker offers: each method takes one argument and answers, perhaps later. */
export type WorkerApi = Record<
  string,
  { readonly argument: unknown; readonly value: unknown; readonly progress?: unknown }
>;

/** A value with the buffers that move with it instead of being copied. */
export class Transferred<T> {
  constructor(
    readonly value: T,
    readonly transfer: readonly ArrayBufferLike[],
  ) {}
}

/** An expected failure of a worker method: crosses the thread with its code, place and hint. */
export class RpcFailure extends Error {
  constructor(readonly failure: Failure) {
    super(failure.message);
    this.name = 'RpcFailure';
  }
}

/** The half of a MessagePort or Worker that the protocol needs. */
export interface RpcPort {
  postMessage(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
}
