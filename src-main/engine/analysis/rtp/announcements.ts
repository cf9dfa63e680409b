import type { MediaAnnouncement, PayloadBinding } from '../../protocols/rtp';

/** Repeated descriptions cost nothing; so many different ones at one port are an attack. */
const maxAnnouncements = 1024;
const none: readonly MediaAnnouncement[] = [];

/** What was announced for each transport address, in the order of the frames. */
export class AnnouncementBook {
  private readonly byEndpoint = new Map<string, MediaAnnouncement[]>();
  private readonly rtcpByEndpoint = new Map<string, MediaAnnouncement>();

  /** Returns whether anything was learnt: a repetition of what is in force teaches nothing. */
  add(announcement: MediaAnnouncement): boolean {
    if (announcement.port <= 0 || announcement.port > 0xffff) return false;
    const key = announcementKey(announcement);
    let history = this.byEndpoint.get(key);
    if (!history) {
      history = [];
      this.byEndpoint.set(key, history);
    }
    if (history.length >= maxAnnouncements) return false;
    let at = history.length;
    while (at > 0 && history[at - 1].frame > announcement.frame) at -= 1;
    if (at > 0 && isSame(history[at - 1], announcement)) return false;
    history.splice(at, 0, announcement);
    if (announcement.flow !== undefined) return true;
    const rtcpKey = endpointKey(announcement.address, announcement.rtcpPort);
    if (!this.rtcpByEndpoint.has(rtcpKey)) this.rtcpByEndpoint.set(rtcpKey, announcement);
    return true;
  }

  /** Announcements for media that arrives at an endpoint. */
  history(key: string): readonly MediaAnnouncement[] {
    return this.byEndpoint.get(key) ?? none;
  }

  /** First announcement whose RTCP arrives at an endpoint. */
  rtcp(key: string): MediaAnnouncement | null {
    return this.rtcpByEndpoint.get(key) ?? null;
  }
}

/** `address` in the form of `formatAddress`. */
export function endpointKey(address: string, port: number): string {
  return `${address} ${port}`;
}

/** Key of the media of one flow alone. */
export function flowKey(flow: number): string {
  return `flow ${flow}`;
}

function announcementKey({ flow, address, port }: MediaAnnouncement): string {
  return flow === undefined ? endpointKey(address, port) : flowKey(flow);
}

/** The announcement in force when `frame` was captured; null before the first. */
export function announcementInForce(history: readonly MediaAnnouncement[], frame: number): MediaAnnouncement | null {
  for (let i = history.length - 1; i >= 0; i -= 1) if (history[i].frame <= frame) return history[i];
  return null;
}

/** Frame of the next announcement after `frame`; infinite when none follows. */
export function nextAnnouncementFrame(history: readonly MediaAnnouncement[], frame: number): number {
  for (const announcement of history) if (announcement.frame > frame) return announcement.frame;
  return Number.POSITIVE_INFINITY;
}

/**
 * What a payload type meant when `frame` was captured: the latest announcement until then that names it; null when
 * none does.
 */
export function payloadInForce(
  history: readonly MediaAnnouncement[],
  payloadType: number,
  frame: number,
): PayloadBinding | null {
  for (let i = history.length - 1; i >= 0; i -= 1) {
    if (history[i].frame > frame) continue;
    const binding = findPayload(history[i], payloadType);
    if (binding) return binding;
  }
  return null;
}

/**
 * What a payload type was said to mean after `frame` but not after `untilNs`, for media that ran ahead of its
 * description.
 */
export function payloadAnnouncedLater(
  history: readonly MediaAnnouncement[],
  payloadType: number,
  frame: number,
  untilNs: number,
): PayloadBinding | null {
  for (const announcement of history) {
    if (announcement.frame <= frame) continue;
    if (announcement.timeNs > untilNs) break;
    const binding = findPayload(announcement, payloadType);
    if (binding) return binding;
  }
  return null;
}

export function findPayload(announcement: MediaAnnouncement, payloadType: number): PayloadBinding | null {
  for (const binding of announcement.payloads) if (binding.payloadType === payloadType) return binding;
  return null;
}

function isSame(a: MediaAnnouncement, b: MediaAnnouncement): boolean {
  return (
    a.callId === b.callId &&
    a.sessionId === b.sessionId &&
    a.media === b.media &&
    a.rtcpPort === b.rtcpPort &&
    a.isSecure === b.isSecure &&
    a.payloads.length === b.payloads.length &&
    a.payloads.every((p, i) => isSamePayload(p, b.payloads[i]))
  );
}

function isSamePayload(a: PayloadBinding, b: PayloadBinding): boolean {
  return (
    a.payloadType === b.payloadType &&
    a.encodingName === b.encodingName &&
    a.clockRateHz === b.clockRateHz &&
    a.channels === b.channels &&
    a.fmtp === b.fmtp
  );
}
