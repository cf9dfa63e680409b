import type { CommandInput, CommandName, CommandOutputs, CommandResult, TapdeckBridge } from '#shared/ipc/contract';
import { type Failure, fail } from '#shared/base/result';

declare global {
  interface Window {
    /** Put there by the preload script. */
    readonly tapdeck?: TapdeckBridge;
  }
}

/** The preload's side of the wall; the only place that touches `window.tapdeck`. */
export function bridge(): TapdeckBridge {
  const tapdeck = window.tapdeck;
  if (!tapdeck) throw new Error('The preload script did not run: window.tapdeck is missing.');
  return tapdeck;
}

/** Asks the main process. Never rejects: what is thrown on the way becomes a failure as well. */
export async function invoke<Name extends CommandName>(
  name: Name,
  input: CommandInput<Name>,
): Promise<CommandResult<Name>> {
  try {
    return await bridge().invoke(name, input);
  } catch (error) {
    return fail('internal', error instanceof Error ? error.message : String(error), { where: name });
  }
}

/** Asks the main process; a failure is shown to the user (see `onFailure`) and answers null. */
export async function perform<Name extends CommandName>(
  name: Name,
  input: CommandInput<Name>,
): Promise<CommandOutputs[Name] | null> {
  const result = await invoke(name, input);
  if (result.ok) return result.value;
  reportFailure(result.error);
  return null;
}

/** Path of a file dropped on the window; empty when it has none. */
export function pathForFile(file: File): string {
  return bridge().pathForFile(file);
}

type FailureListener = (failure: Failure) => void;
const failureListeners = new Set<FailureListener>();

/** Tells the user about a failed action. */
export function reportFailure(failure: Failure): void {
  for (const listener of failureListeners) listener(failure);
}

/** Receives the failures of actions; returns the function that unsubscribes. */
export function onFailure(listener: FailureListener): () => void {
  failureListeners.add(listener);
  return () => failureListeners.delete(listener);
}
