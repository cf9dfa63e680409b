import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { HashApi } from './capture-api';
import type { Handlers } from './rpc/server';

/** The hash worker's method. */
export const hashHandlers: Handlers<HashApi> = {
  sha256: async ({ files }, { signal, reportProgress }) => {
    const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
    const all = createHash('sha256');
    const each: string[] = [];
    let done = 0;
    for (const { path, bytes } of files) {
      const hash = files.length > 1 ? createHash('sha256') : all;
      // A file that is still being written is hashed as far as it was read.
      for await (const chunk of createReadStream(path, {
        end: Math.max(0, bytes - 1),
        highWaterMark: 1 << 20,
        signal,
      })) {
        hash.update(chunk as Buffer);
        if (hash !== all) all.update(chunk as Buffer);
        done += (chunk as Buffer).length;
        reportProgress(total > 0 ? done / total : 1);
      }
      if (hash !== all) each.push(hash.digest('hex'));
    }
    const digest = all.digest('hex');
    return { all: digest, each: files.length > 1 ? each : [digest] };
  },
};
