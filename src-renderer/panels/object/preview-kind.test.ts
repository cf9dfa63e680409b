import { describe, expect, it } from 'vitest';
import { previewKind } from './preview-kind';

describe('previewKind', () => {
  it.each([
    ['image/jpeg', null, true, 'picture'],
    ['image/jpeg', 'too large', true, 'bytes'],
    ['image/png', null, false, 'bytes'],
    ['image/svg+xml', null, true, 'text'],
    ['text/html', null, false, 'text'],
    ['application/vnd.apple.mpegurl', null, true, 'text'],
    ['video/mp4', null, true, 'film'],
    ['video/mp2t', null, true, 'bytes'],
    ['audio/mpeg', null, true, 'sound'],
    ['application/octet-stream', null, true, 'bytes'],
  ] as const)('%s', (mime, note, isWhole, kind) => expect(previewKind(mime, note, isWhole)).toBe(kind));
});
