import { nodeContentDecoder } from '../../../../workers/node-content-decoder';
import { readExtents } from '../../../bytes/extents';
import { latin1Text } from '../../../bytes/text';
import { TcpConnections } from '../../../flow/tcp-connections';
import { IpProtocol, PacketView, TcpFlag } from '../../../net/packet';
import { Frame } from '../../../capture/frame';
import { CaptureBytes, MemorySpill } from '../../../store/capture-bytes';
import { DiagnosticLog } from '../../../store/diagnostic-log';
import { CameraTracker } from '../../camera/index';
import { type HttpConsumer, HttpTracker } from '../http-tracker';

/** What one side sent (one byte a character), or a number of bytes of it that were not captured. */
export type Sent = readonly ['client' | 'server', string | number];

/**
 * One connection, segment by segment, through TCP, recognition and trackers. Each entry takes `stepSeconds`.
 */
export function feedHttp(
  sent: readonly Sent[],
  {
    isEntered = false,
    stepSeconds = 0.1,
    consumer,
  }: { readonly isEntered?: boolean; readonly stepSeconds?: number; readonly consumer?: HttpConsumer } = {},
) {
  const log = new DiagnosticLog();
  const memory: number[] = [];
  const source = {
    get size() {
      return memory.length;
    },
    read: (offset: number, target: Uint8Array) => {
      const part = memory.slice(offset, offset + target.length);
      target.set(part);
      return part.length;
    },
  };
  const bytes = new CaptureBytes(source, new MemorySpill());
  const http = new HttpTracker({ sink: log, bytes, decoder: nodeContentDecoder });
  if (consumer) http.addConsumer(consumer);
  const camera = new CameraTracker({ sink: log }, http);
  const side = (flow: number) => ({ address: `192.0.2.${flow + 1}`, port: flow === 0 ? 50_000 : 8080 });
  const connections = new TcpConnections({
    sink: log,
    protocols: http.protocols,
    endpoints: (flow) => ({ source: side(flow), destination: side(flow ^ 1) }),
    bytes,
  });
  const next = [1000, 5000];
  let frameNumber = 0;
  const segment = (flow: 0 | 1, flags: number, text: string): void => {
    frameNumber += 1;
    const frame = new Frame();
    const packet = new PacketView();
    const payload = Uint8Array.from(text, (letter) => letter.charCodeAt(0) & 0xff);
    frame.number = frameNumber;
    frame.timeNs = Math.round(frameNumber * stepSeconds * 1e9);
    frame.bytes = payload;
    frame.start = 0;
    frame.fileOffset = memory.length;
    for (const byte of payload) memory.push(byte);
    packet.protocol = IpProtocol.tcp;
    packet.bytes = payload;
    packet.payloadStart = 0;
    packet.payloadEnd = payload.length;
    packet.tcpSequence = next[flow];
    packet.tcpAcknowledgment = next[flow ^ 1];
    packet.tcpFlags = flags;
    next[flow] += payload.length + ((flags & TcpFlag.syn) === 0 ? 0 : 1);
    connections.segment(flow, frame, packet);
  };
  if (!isEntered) {
    segment(0, TcpFlag.syn, '');
    segment(1, TcpFlag.syn | TcpFlag.ack, '');
  }
  for (const [who, what] of sent) {
    const flow = who === 'client' ? 0 : 1;
    if (typeof what === 'number') next[flow] += what;
    else segment(flow, TcpFlag.ack, what);
  }
  connections.finish();
  http.finish();
  camera.finish();
  const read = (id: string): string => {
    const file = http.file(id) ?? camera.file(id);
    return file ? latin1Text(readExtents(bytes, file.extents, 0, 1 << 24)) : '';
  };
  return { http, camera, log, read, objects: http.objects(), codes: log.rows().map(({ code }) => code) };
}
