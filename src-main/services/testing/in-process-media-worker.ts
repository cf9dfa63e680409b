import { EventEmitter } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import { mediaHandlers } from '../../workers/media-handlers';
import type { MediaApi } from '../../workers/media-api';
import { type Handlers, serveRpc } from '../../workers/rpc/server';
import type { MediaWorker } from '../media-worker-host';

/** A media worker without a thread: the same handlers behind a message channel. */
export class InProcessMediaWorker extends EventEmitter implements MediaWorker {
  private readonly channel = new MessageChannel();

  constructor(handlers: Handlers<MediaApi> = mediaHandlers) {
    super();
    serveRpc(this.channel.port1 as never, handlers);
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
