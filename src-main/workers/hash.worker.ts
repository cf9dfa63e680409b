import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { assert } from '#shared/base/assert';
import type { HashApi } from './capture-api';
import { serveRpc } from './rpc/server';

assert(parentPort, 'runs in a worker');

serveRpc<HashApi, Record<string, never>>(parentPort as never, {
  sha256: async ({ path }, { signal, reportProgress }) => {
    const { size } = statSync(path);
    const hash = createHash('sha256');
    let done = 0;
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20, signal })) {
      hash.update(chunk as Buffer);
      done += (chunk as Buffer).length;
      reportProgress(size > 0 ? done / size : 1);
    }
    return hash.digest('hex');
  },
});
