export type { MediaAnnouncement, PayloadBinding } from './binding';
export { type StaticPayloadType, staticPayloadTypes } from './static-payload-types';
