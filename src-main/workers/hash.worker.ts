import { parentPort } from 'node:worker_threads';
import { assert } from '#shared/base/assert';
import { hashHandlers } from './hash-handlers';
import { serveRpc } from './rpc/server';

assert(parentPort, 'runs in a worker');

serveRpc(parentPort as never, hashHandlers);
