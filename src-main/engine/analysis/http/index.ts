export type { Content, ContentCoding, ContentDecoder, DecodedContent } from './content';
export type { BodyRecord, ExchangeRecord } from './exchange-record';
export { type BodyListener, type HttpConsumer, HttpTracker } from './http-tracker';
export { parseContentRange } from './range-group';
