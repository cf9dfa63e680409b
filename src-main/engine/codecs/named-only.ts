import type { CodecDefinition } from './definition';

const common = { media: 'audio', role: 'media', clockRateHz: 8000, elementaryFormat: null } as const;

/** Formats that are known by name, but for which no decoder can be had: their payload can be saved as it is. */
export const namedOnly: readonly CodecDefinition[] = [
  { id: 'vdvi', encodingName: 'VDVI', staticTypes: [], ...common },
  { id: 'lpc', encodingName: 'LPC', staticTypes: [7], ...common },
  { id: 'qcelp', encodingName: 'QCELP', staticTypes: [12], ...common },
  { id: 'g728', encodingName: 'G728', staticTypes: [15], ...common },
  { id: 'gsm-efr', encodingName: 'GSM-EFR', staticTypes: [], ...common },
  { id: 'mpa-robust', encodingName: 'mpa-robust', staticTypes: [], ...common, clockRateHz: 90_000 },
];
