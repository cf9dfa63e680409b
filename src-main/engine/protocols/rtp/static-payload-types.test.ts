import { expect, it } from 'vitest';
import { staticPayloadTypes } from './static-payload-types';

it('agrees with RFC 3551 where its values surprise', () => {
  expect(staticPayloadTypes.get(9)).toEqual({ encodingName: 'G722', clockRateHz: 8000, channels: 1, media: 'audio' });
  expect(staticPayloadTypes.get(10)).toMatchObject({ encodingName: 'L16', clockRateHz: 44_100, channels: 2 });
  expect(staticPayloadTypes.get(11)).toMatchObject({ encodingName: 'L16', clockRateHz: 44_100, channels: 1 });
  expect(staticPayloadTypes.get(14)).toMatchObject({ encodingName: 'MPA', clockRateHz: 90_000, media: 'audio' });
  expect(staticPayloadTypes.get(17)).toMatchObject({ encodingName: 'DVI4', clockRateHz: 22_050 });
  expect(staticPayloadTypes.get(33)).toMatchObject({ encodingName: 'MP2T', media: 'video' });
});

it('leaves reserved, unassigned and dynamic types out', () => {
  for (const payloadType of [1, 2, 19, 20, 24, 27, 29, 30, 35, 72, 95, 96, 127]) {
    expect(staticPayloadTypes.has(payloadType)).toBe(false);
  }
});
