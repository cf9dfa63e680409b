import { type ClientMessage, RpcFailure, type RpcPort, type ServerMessage, type WorkerApi } from './protocol';

interface Pending {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress?: (value: never) => void;
}

export interface CallOptions<Progress> {
  readonly signal?: AbortSignal;
  readonly onProgress?: (value: Progress) => void;
}

/** Calls the methods that a worker serves. A failure rejects with `RpcFailure`. */
export class RpcClient<Api extends WorkerApi, Events extends Record<string, unknown> = Record<string, never>> {
  private readonly pending = new Map<number, Pending>();
  private readonly listeners = new Map<string, Set<(payload: never) => void>>();
  private nextId = 1;
  private closedBy: Error | null = null;

  constructor(private readonly port: RpcPort) {
    port.on('message', (message) => this.receive(message as ServerMessage));
  }

  call<Method extends keyof Api & string>(
    method: Method,
    argument: Api[Method]['argument'],
    { signal, onProgress }: CallOptions<Api[Method]['progress']> = {},
  ): Promise<Api[Method]['value']> {
    if (this.closedBy) return Promise.reject(this.closedBy);
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      const onAbort = (): void => this.send({ type: 'cancel', id });
      const settle =
        <A>(done: (value: A) => void) =>
        (value: A): void => {
          signal?.removeEventListener('abort', onAbort);
          done(value);
        };
      this.pending.set(id, { resolve: settle(resolve), reject: settle(reject), onProgress });
      this.send({ type: 'call', id, method, argument });
      if (signal?.aborted) onAbort();
      else signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Listens to an event of the worker; returns the function that unsubscribes. */
  on<Name extends keyof Events & string>(name: Name, listener: (payload: Events[Name]) => void): () => void {
    const set = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, set.add(listener));
    return () => set.delete(listener);
  }

  /** The worker is gone: everything that still waits fails with `reason`, later calls too. */
  close(reason: Error): void {
    this.closedBy = reason;
    for (const { reject } of this.pending.values()) reject(reason);
    this.pending.clear();
  }

  private send(message: ClientMessage): void {
    this.port.postMessage(message);
  }

  private receive(message: ServerMessage): void {
    if (message.type === 'event') {
      for (const listener of this.listeners.get(message.name) ?? []) listener(message.payload as never);
      return;
    }
    const call = this.pending.get(message.id);
    if (!call) return;
    if (message.type === 'progress') {
      call.onProgress?.(message.value as never);
      return;
    }
    this.pending.delete(message.id);
    if (message.type === 'result') call.resolve(message.value as never);
    else call.reject(new RpcFailure(message.failure));
  }
}
