import type { SessionRow } from '#shared/model/session';
import { formatEndpoint } from '../../net/endpoint';
import { amfMember, amfString, type AmfValue } from '../../protocols/rtmp';
import { ffmpegLine, fileNameOf, rtmpdumpLine, type StreamAddress, streamUrl } from './command-lines';
import type { RtmpConnection } from './rtmp-connection';
import type { RtmpSession } from './rtmp-session';

type Details = Record<string, string | number | boolean | null>;

/** Facts of metadata that are shown. */
const maxMetadata = 60;
const maxText = 500;

/** A session as its table shows it. */
export function sessionRow(connection: RtmpConnection, session: RtmpSession): SessionRow {
  const { channel, connectInfo } = connection;
  const ends = [channel.endpoints(0).source, channel.endpoints(1).source] as const;
  // Nothing tells who is who: servers have the lower ports.
  const client = connection.clientDirection ?? (ends[0].port < ends[1].port ? 1 : 0);
  const tcUrl = amfString(amfMember(connectInfo ?? undefined, 'tcUrl'));
  const { tracks } = session.media;
  const shown = tracks.filter(({ count }) => count > 0);
  const startSeconds = session.startNs / 1e9;
  const mediaEnd =
    shown.length > 0 ? session.media.originSeconds + Math.max(...shown.map(({ endMs }) => endMs)) / 1000 : 0;
  const end = Math.max(connection.lastNs / 1e9, mediaEnd);
  const damaged = shown.reduce((sum, track) => sum + track.missingInside, 0);
  return {
    id: session.id,
    kind: 'rtmp',
    url: tcUrl === null ? null : session.name === null ? tcUrl : streamUrl(tcUrl, session.name),
    state: session.state,
    client: formatEndpoint(ends[client]),
    server: formatEndpoint(ends[client === 0 ? 1 : 0]),
    agent: amfString(amfMember(connectInfo ?? undefined, 'flashVer')),
    startSeconds,
    durationSeconds: Math.max(0, end - startSeconds),
    bytes: shown.reduce((sum, { bytes }) => sum + bytes, 0),
    missingBytes: session.lostBytes + damaged,
    layers: channel.layers,
    streamIds: shown.map(({ id }) => id),
    firstFrame: session.firstFrame,
    details: details(connection, session, tcUrl),
    hasMessages: true,
    media: shown.some(({ kind }) => kind === 'video') ? 'video' : shown.length > 0 ? 'audio' : null,
  };
}

function details(connection: RtmpConnection, session: RtmpSession, tcUrl: string | null): Details {
  const info = connection.connectInfo ?? undefined;
  const text = (name: string): string | null => amfString(amfMember(info, name));
  const app = text('app');
  const facts: Details = {
    app,
    tcUrl,
    playPath: session.name,
    mode: session.mode,
    flashVer: text('flashVer'),
    swfUrl: text('swfUrl'),
    pageUrl: text('pageUrl'),
    handshake: connection.handshake,
    server: amfString(amfMember(connection.serverInfo ?? undefined, 'fmsVer')),
    messageStream: session.messageStreamId,
  };
  if (tcUrl !== null && session.name !== null) {
    const address: StreamAddress = {
      tcUrl,
      app,
      playPath: session.name,
      swfUrl: facts.swfUrl as string | null,
      pageUrl: facts.pageUrl as string | null,
      flashVer: facts.flashVer as string | null,
    };
    const fileName = fileNameOf(session.name);
    facts.ffmpeg = ffmpegLine(address, fileName);
    facts.rtmpdump = rtmpdumpLine(address, fileName);
  }
  addMetadata(facts, session.media.metadata);
  return facts;
}

/** Plain values of `onMetaData`, behind its name. */
function addMetadata(facts: Details, metadata: AmfValue | null): void {
  if (metadata?.type !== 'object') return;
  for (const { name, value } of metadata.members.slice(0, maxMetadata)) {
    const key = `onMetaData.${name.slice(0, 80)}`;
    if (value.type === 'number' || value.type === 'boolean') {
      facts[key] = typeof value.value === 'number' && !Number.isFinite(value.value) ? null : value.value;
    } else if (value.type === 'string') facts[key] = value.value.replace(/\p{Cc}/gu, '').slice(0, maxText);
  }
}
