import type { CodecDefinition } from './definition';

/** DTMF digits and other events as names instead of tones (RFC 4733): no samples, its time is rendered as silence. */
export const telephoneEvent: CodecDefinition = {
  id: 'telephone-event',
  encodingName: 'telephone-event',
  media: 'audio',
  role: 'events',
  clockRateHz: 8000,
  staticTypes: [],
  elementaryFormat: null,
};
