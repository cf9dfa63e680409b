export type { ContentDecoder } from './content';
export type { ExchangeRecord } from './exchange-record';
export { type BodyListener, type HttpConsumer, HttpTracker } from './http-tracker';
export { parseContentRange } from './range-group';
