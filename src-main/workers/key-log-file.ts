import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { KeyLogText } from '#engine/analysis/tls/tls-secrets';
import { TlsKeyLog } from '#engine/protocols/tls/index';
import { RpcFailure } from './rpc/protocol';

/** A browser that logs for months writes less. */
const mostBytes = 256 << 20;

/** The contents of a key log file; what is wrong with it is told without a word of what is in it. */
export function readKeyLog(path: string): KeyLogText {
  const refuse = (message: string, hint: string): never => {
    throw new RpcFailure({ code: 'bad-key-log', message: `${basename(path)} ${message}.`, where: path, hint });
  };
  const facts = statSync(path, { throwIfNoEntry: false });
  if (!facts) return refuse('is not there', 'It may have been moved or deleted.');
  if (!facts.isFile()) return refuse('is no file', 'Choose the file that SSLKEYLOGFILE named.');
  if (facts.size > mostBytes) return refuse('is too large for a key log', 'Choose the file that SSLKEYLOGFILE named.');
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch {
    return refuse('cannot be read', 'Check its permissions.');
  }
  const { secrets, idle } = new TlsKeyLog().add(bytes, 'key-log');
  if (secrets + idle === 0) {
    return refuse(
      'holds no secrets of TLS',
      'A key log has lines such as CLIENT_RANDOM, then two hexadecimal numbers.',
    );
  }
  return { bytes, origin: 'key-log' };
}
