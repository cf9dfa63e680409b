export type { MediaAnnouncement, PayloadBinding } from './binding';
export { dollarFraming, lengthFraming, probeFramedRtp } from './framing';
export { parseRtpHeader, RtpHeader } from './header';
export { staticPayloadTypes } from './static-payload-types';
export { DigitCollector, readTelephoneEvent, TelephoneEvent, unpackTelephoneEvent } from './telephone-event';
