import { EventEmitter } from 'node:events';
import { MessageChannel, type Worker } from 'node:worker_threads';
import { createCaptureHandlers } from '../../workers/capture-handlers';
import { hashHandlers } from '../../workers/hash-handlers';
import { serveRpc } from '../../workers/rpc/server';
import { CaptureService } from '../capture-service';

/** A worker without a thread: the same handlers behind a message channel. */
class InProcessWorker extends EventEmitter {
  private readonly channel = new MessageChannel();

  constructor(serve: (port: never) => void) {
    super();
    serve(this.channel.port1 as never);
    this.channel.port2.on('message', (message) => this.emit('message', message));
  }

  postMessage(message: unknown): void {
    this.channel.port2.postMessage(message);
  }

  async terminate(): Promise<number> {
    this.channel.port1.close();
    this.emit('exit', 1);
    return 1;
  }
}

/** The capture service with its workers in this thread. */
export function inProcessCaptures(temporaryFolder: string): CaptureService {
  const worker = (serve: (port: never) => void) => new InProcessWorker(serve) as unknown as Worker;
  return new CaptureService({
    temporaryFolder,
    createCaptureWorker: () =>
      worker((port) => {
        const { handlers, bind } = createCaptureHandlers();
        bind(serveRpc(port, handlers));
      }),
    createHashWorker: () => worker((port) => serveRpc(port, hashHandlers)),
  });
}
