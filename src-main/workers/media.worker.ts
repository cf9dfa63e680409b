import { parentPort } from 'node:worker_threads';
import { assert } from '#shared/base/assert';
import { mediaHandlers } from './media-handlers';
import { serveRpc } from './rpc/server';

assert(parentPort, 'runs in a worker');

serveRpc(parentPort as never, mediaHandlers);
