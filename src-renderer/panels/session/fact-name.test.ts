import { describe, expect, it } from 'vitest';
import { factName, isCommandLine } from './fact-name';

describe('factName', () => {
  it.each([
    ['frameRate', 'Frame rate'],
    ['frames', 'Frames'],
    ['tcUrl', 'tcUrl'],
    ['onMetaData.audiocodecid', 'onMetaData.audiocodecid'],
  ])('%s is shown as %s', (name, shown) => expect(factName(name)).toBe(shown));
});

describe('isCommandLine', () => {
  it('knows lines for a shell', () => {
    expect(isCommandLine('ffmpeg -i "rtmp://host/app/name" out.flv')).toBe(true);
    expect(isCommandLine('playing')).toBe(false);
    expect(isCommandLine(3)).toBe(false);
  });
});
