import { isIP } from 'node:net';
import { fail, ok, type Result } from '#shared/base/result';

/** Where packets are sent. */
export interface ReplayTarget {
  readonly host: string;
  /** Null: the port that the stream was captured at. */
  readonly port: number | null;
}

export const minSpeed = 0.1;
export const maxSpeed = 100;

/** Reads `127.0.0.1:5004`, `[::1]:5004`, `localhost`. */
export function parseTarget(text: string): Result<ReplayTarget> {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]]+))(?::(\d{1,5}))?$/.exec(text.trim());
  const port = match?.[3] === undefined ? null : Number(match[3]);
  if (!match || (port !== null && (port < 1 || port > 65_535))) {
    return fail('bad-target', `'${text}' is no address to send to.`, {
      hint: 'Write HOST:PORT, as in 127.0.0.1:5004.',
    });
  }
  return ok({ host: match[1] ?? match[2], port });
}

/** Only this machine can receive what is sent there. Names are not looked up: `localhost` alone is known. */
export function isLoopback(host: string): boolean {
  if (host.toLowerCase() === 'localhost') return true;
  return isIP(host) === 4 ? host.startsWith('127.') : host === '::1';
}

/** Captured media is somebody's words and pictures: it leaves this machine only when a person has said so. */
export function assertAllowed({ host }: ReplayTarget, isRemoteAllowed: boolean): Result<null> {
  if (isRemoteAllowed || isLoopback(host)) return ok(null);
  return fail('replay-not-local', `${host} is not this machine: the captured media would be sent over the network.`, {
    hint: 'Confirm that it may be sent there, or send it to 127.0.0.1.',
  });
}
