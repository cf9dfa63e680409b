import type { MediaApi } from '../workers/media-api';
import { type CallOptions, RpcClient } from '../workers/rpc/client';
import { RpcFailure, type RpcPort } from '../workers/rpc/protocol';

/** The part of a Worker that a service needs. */
export interface MediaWorker extends RpcPort {
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'exit', listener: (code: number) => void): unknown;
  terminate(): Promise<unknown>;
}

/** Keeps a media worker: started when first needed, and anew after it died. */
export class MediaWorkerHost {
  private running: { readonly worker: MediaWorker; readonly client: RpcClient<MediaApi> } | null = null;

  constructor(private readonly createWorker: () => MediaWorker) {}

  /** Rejects with `RpcFailure`: what the method fails with, or `media-worker-died`. */
  call<Method extends keyof MediaApi>(
    method: Method,
    argument: MediaApi[Method]['argument'],
    options: CallOptions<MediaApi[Method]['progress']>,
  ): Promise<MediaApi[Method]['value']> {
    return this.client().call(method, argument, options);
  }

  /** What still waits fails with `cancelled`. */
  async dispose(): Promise<void> {
    const { running } = this;
    this.running = null;
    running?.client.close(new RpcFailure({ code: 'cancelled', message: 'Cancelled.' }));
    await running?.worker.terminate();
  }

  private client(): RpcClient<MediaApi> {
    if (this.running) return this.running.client;
    const worker = this.createWorker();
    const client = new RpcClient<MediaApi>(worker);
    const died = (reason: string): void => {
      if (this.running?.worker === worker) this.running = null;
      client.close(
        new RpcFailure({
          code: 'media-worker-died',
          message: `The media worker stopped: ${reason}.`,
          hint: 'Try again; it is started anew.',
        }),
      );
    };
    worker.on('error', (error: Error) => died(error.message));
    worker.on('exit', (code: number) => died(`exit code ${code}`));
    this.running = { worker, client };
    return client;
  }
}
