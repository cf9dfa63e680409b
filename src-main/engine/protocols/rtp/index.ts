export type { MediaAnnouncement, PayloadBinding } from './binding';
export { parseRtpHeader, RtpHeader, rtpHeaderLength } from './header';
export { type StaticPayloadType, staticPayloadTypes } from './static-payload-types';
export { DigitCollector, readTelephoneEvent, TelephoneEvent, unpackTelephoneEvent } from './telephone-event';
