import {
  type ClientMessage,
  RpcFailure,
  type RpcPort,
  type ServerMessage,
  Transferred,
  type WorkerApi,
} from './protocol';

/** What a method gets beside its argument. */
export interface CallContext<Progress> {
  readonly signal: AbortSignal;
  readonly reportProgress: (value: Progress) => void;
}

type MaybeTransferred<T> = T | Transferred<T>;

export type Handlers<Api extends WorkerApi> = {
  readonly [Method in keyof Api]: (
    argument: Api[Method]['argument'],
    context: CallContext<Api[Method]['progress']>,
  ) => MaybeTransferred<Api[Method]['value']> | Promise<MaybeTransferred<Api[Method]['value']>>;
};

/** Answers calls that arrive on `port`; returns the function that sends events. */
export function serveRpc<Api extends WorkerApi, Events extends Record<string, unknown>>(
  port: RpcPort,
  handlers: Handlers<Api>,
): <Name extends keyof Events & string>(name: Name, payload: Events[Name]) => void {
  const running = new Map<number, AbortController>();
  const send = (message: ServerMessage, transfer?: readonly ArrayBufferLike[]): void =>
    port.postMessage(message, transfer as readonly ArrayBuffer[]);

  const answer = async (id: number, method: string, argument: unknown): Promise<void> => {
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const handler = handlers[method];
      if (!handler) throw new Error(`no such worker method: ${method}`);
      const result = await handler(argument, {
        signal: controller.signal,
        reportProgress: (value) => send({ type: 'progress', id, value }),
      });
      if (result instanceof Transferred) send({ type: 'result', id, value: result.value }, result.transfer);
      else send({ type: 'result', id, value: result });
    } catch (error) {
      send({ type: 'failure', id, failure: toFailure(error, controller.signal.aborted) });
    } finally {
      running.delete(id);
    }
  };

  port.on('message', (received) => {
    const message = received as ClientMessage;
    if (message.type === 'cancel') running.get(message.id)?.abort();
    else void answer(message.id, message.method, message.argument);
  });
  return (name, payload) => send({ type: 'event', name, payload });
}

function toFailure(error: unknown, isAborted: boolean): RpcFailure['failure'] {
  if (error instanceof RpcFailure) return error.failure;
  if (isAborted) return { code: 'cancelled', message: 'Cancelled.' };
  return { code: 'internal', message: error instanceof Error ? error.message : String(error) };
}
