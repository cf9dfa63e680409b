import { MessageChannel } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { RpcClient } from './client';
import { RpcFailure, Transferred } from './protocol';
import { serveRpc } from './server';

type Api = {
  double: { argument: number; value: number };
  refuse: { argument: null; value: null };
  buffer: { argument: number; value: Uint8Array };
  wait: { argument: null; value: null; progress: number };
};
type Events = { tick: number };

const open: MessageChannel[] = [];
afterEach(() => {
  for (const channel of open.splice(0)) channel.port1.close();
});

function connect() {
  const channel = new MessageChannel();
  open.push(channel);
  const emit = serveRpc<Api, Events>(channel.port1 as never, {
    double: (n) => n * 2,
    refuse: () => {
      throw new RpcFailure({ code: 'no', message: 'Refused.', where: 'frame 3' });
    },
    buffer: (n) => {
      const bytes = new Uint8Array(n).fill(7);
      return new Transferred(bytes, [bytes.buffer]);
    },
    wait: (_, { signal, reportProgress }) =>
      new Promise((_resolve, reject) => {
        reportProgress(0.5);
        signal.addEventListener('abort', () => reject(new Error('stopped')));
      }),
  });
  return { client: new RpcClient<Api, Events>(channel.port2 as never), emit };
}

describe('worker RPC', () => {
  it('answers calls and moves buffers', async () => {
    const { client } = connect();
    expect(await Promise.all([client.call('double', 4), client.call('double', 5)])).toEqual([8, 10]);
    expect(await client.call('buffer', 3)).toEqual(new Uint8Array([7, 7, 7]));
  });

  it('carries failures with code and place', async () => {
    const { client } = connect();
    await expect(client.call('refuse', null)).rejects.toMatchObject({ failure: { code: 'no', where: 'frame 3' } });
  });

  it('reports progress and cancels', async () => {
    const { client } = connect();
    const controller = new AbortController();
    const seen: number[] = [];
    const call = client.call('wait', null, {
      signal: controller.signal,
      onProgress: (value) => {
        seen.push(value);
        controller.abort();
      },
    });
    await expect(call).rejects.toMatchObject({ failure: { code: 'cancelled' } });
    expect(seen).toEqual([0.5]);
  });

  it('delivers events until unsubscribed and fails what waits when the worker goes', async () => {
    const { client, emit } = connect();
    const first = new Promise<number>((resolve) => {
      const stop = client.on('tick', (n) => {
        stop();
        resolve(n);
      });
    });
    emit('tick', 1);
    expect(await first).toBe(1);
    const waiting = client.call('wait', null);
    client.close(new Error('worker gone'));
    await expect(waiting).rejects.toThrow('worker gone');
    await expect(client.call('double', 1)).rejects.toThrow('worker gone');
  });
});
