import { useEffect, useEffectEvent } from 'react';
import type { EventName, EventPayloads } from '#shared/ipc/contract';
import { bridge } from './bridge';

/** Listens to an event of the main process while the component stands. */
export function useEvent<Name extends EventName>(name: Name, listener: (payload: EventPayloads[Name]) => void): void {
  const onEvent = useEffectEvent(listener);
  useEffect(() => bridge().on(name, (payload) => onEvent(payload)), [name]);
}
