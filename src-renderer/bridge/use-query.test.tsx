import { act, cleanup, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { onFailure, perform } from './bridge';
import { useQuery } from './use-query';

interface Asked {
  readonly input: unknown;
  readonly answer: (result: unknown) => Promise<void>;
}

const asked: Asked[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  asked.length = 0;
  const invoke = (_name: string, input: unknown) =>
    new Promise((resolve, reject) => {
      asked.push({
        input,
        answer: (result) => act(async () => (result instanceof Error ? reject(result) : resolve(result))),
      });
    });
  Object.assign(window, { tapdeck: { invoke, on: () => () => {}, pathForFile: () => '' } });
});

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const ladder = (callId: string) => ({ ok: true, value: { callId, hosts: [], dialogs: [], items: [] } });

function show(callId: string | null, revision = 0) {
  return renderHook(
    (props: { callId: string | null; revision: number }) =>
      useQuery('call:ladder', props.callId ? { captureId: 'c', callId: props.callId } : null, props.revision),
    { initialProps: { callId, revision } },
  );
}

describe('useQuery', () => {
  it('asks nothing for null', () => {
    const { result } = show(null);
    expect(result.current).toEqual({ value: null, failure: null, isPending: false });
    expect(asked).toHaveLength(0);
  });

  it('never shows the answer to another input', async () => {
    const { result, rerender } = show('a');
    await asked[0].answer(ladder('a'));
    expect(result.current.value?.callId).toBe('a');
    rerender({ callId: 'b', revision: 0 });
    expect(result.current).toMatchObject({ value: null, isPending: true });
    rerender({ callId: 'c', revision: 0 });
    await asked[2].answer(ladder('c'));
    await asked[1].answer(ladder('b'));
    expect(result.current.value?.callId).toBe('c');
  });

  it('keeps the old answer while a newer revision is on its way, one request at a time', async () => {
    const { result, rerender } = show('a', 1);
    await asked[0].answer(ladder('a'));
    for (const revision of [2, 3, 4]) rerender({ callId: 'a', revision });
    expect(result.current).toMatchObject({ value: { callId: 'a' }, isPending: true });
    expect(asked).toHaveLength(1);
    await act(() => vi.advanceTimersByTimeAsync(100));
    expect(asked).toHaveLength(2);
    await asked[1].answer(ladder('a'));
    expect(result.current.isPending).toBe(false);
    await act(() => vi.advanceTimersByTimeAsync(10_000));
    expect(asked).toHaveLength(2);
  });

  it('answers failures as data, also those of the way', async () => {
    const { result, rerender } = show('a');
    await asked[0].answer({ ok: false, error: { code: 'not-found', message: 'No such call.' } });
    expect(result.current.failure?.code).toBe('not-found');
    rerender({ callId: 'b', revision: 0 });
    await asked[1].answer(new Error('the window is closing'));
    expect(result.current.failure).toMatchObject({ code: 'internal', where: 'call:ladder' });
  });
});

describe('perform', () => {
  it('reports failures to whoever shows them', async () => {
    const seen = vi.fn();
    const stop = onFailure(seen);
    const answer = perform('app:open-dialog', {});
    await asked[0].answer({ ok: false, error: { code: 'x', message: 'No.' } });
    expect(await answer).toBeNull();
    expect(seen).toHaveBeenCalledWith({ code: 'x', message: 'No.' });
    stop();
  });
});
