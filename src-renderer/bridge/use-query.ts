import { useEffect, useRef, useState } from 'react';
import { restMs } from '#shared/base/pace';
import type { Failure } from '#shared/base/result';
import type { CommandInput, CommandName, CommandOutputs } from '#shared/ipc/contract';
import { invoke } from './bridge';

/** `value` is the last one that came for this input; it stays while a newer one is on its way. */
export interface Query<T> {
  readonly value: T | null;
  readonly failure: Failure | null;
  readonly isPending: boolean;
}

interface Answer<T> {
  readonly key: string;
  readonly revision: number;
  readonly value: T | null;
  readonly failure: Failure | null;
}

/** One request at a time: while it is under way and a while after, newer revisions only raise what is asked for next. */
interface Flight {
  readonly key: string;
  revision: number;
  isFlying: boolean;
}

/**
 * Asks the main process and asks again when the input or `revision` changes; null asks nothing. The latest request
 * wins. A change of revision keeps the old value until the new one is there; a change of input does not.
 *
 *   const ladder = useQuery('call:ladder', captureId && callId ? { captureId, callId } : null, revision);
 */
export function useQuery<Name extends CommandName>(
  name: Name,
  input: CommandInput<Name> | null,
  revision = 0,
): Query<CommandOutputs[Name]> {
  const key = input === null ? null : JSON.stringify(input);
  const [answer, setAnswer] = useState<Answer<CommandOutputs[Name]> | null>(null);
  const flight = useRef<Flight | null>(null);

  useEffect(() => {
    if (key === null) {
      flight.current = null;
      return;
    }
    if (flight.current?.key === key) {
      flight.current.revision = revision;
      if (flight.current.isFlying) return;
    }
    const mine: Flight = { key, revision, isFlying: true };
    flight.current = mine;
    void (async () => {
      let asked: number;
      do {
        asked = mine.revision;
        const started = performance.now();
        const result = await invoke(name, JSON.parse(key) as CommandInput<Name>);
        if (flight.current !== mine) return;
        setAnswer({
          key,
          revision: asked,
          value: result.ok ? result.value : null,
          failure: result.ok ? null : result.error,
        });
        await sleep(restMs(performance.now() - started));
        if (flight.current !== mine) return;
      } while (mine.revision !== asked);
      mine.isFlying = false;
    })();
  }, [name, key, revision]);

  useEffect(
    () => () => {
      flight.current = null;
    },
    [],
  );

  if (key === null) return { value: null, failure: null, isPending: false };
  if (answer === null || answer.key !== key) return { value: null, failure: null, isPending: true };
  return { value: answer.value, failure: answer.failure, isPending: answer.revision !== revision };
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
