import { parentPort } from 'node:worker_threads';
import { assert } from '#shared/base/assert';
import { createCaptureHandlers } from './capture-handlers';
import { serveRpc } from './rpc/server';

assert(parentPort, 'runs in a worker');

const { handlers, bind } = createCaptureHandlers();
bind(serveRpc(parentPort as never, handlers));
