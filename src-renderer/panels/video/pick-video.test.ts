import { describe, expect, it } from 'vitest';
import { pickVideo, type VideoStream } from './pick-video';

const stream = (id: string, callId: string | null): VideoStream => ({
  id,
  callId,
  codec: 'H264',
  clockRateHz: 90_000,
  src: '',
  dst: '',
});
const streams = [stream('rtp-1', 'call-1'), stream('rtp-2', 'call-1'), stream('rtp-9', null)];
type Wishes = Parameters<typeof pickVideo>[1];
const nothing: Wishes = { loadedId: null, isPlaying: false, streamId: null, callId: null, chosenId: null };
const pick = (wishes: Partial<Wishes>): string | undefined => pickVideo(streams, { ...nothing, ...wishes })?.id;

describe('the picture in the panel', () => {
  it('is of the selected stream', () => {
    expect(pick({ streamId: 'rtp-9' })).toBe('rtp-9');
    expect(pick({ streamId: 'rtp-2', callId: 'call-1' })).toBe('rtp-2');
  });

  it('is of the selected session as a whole', () => {
    const whole = [...streams, stream('rtmp-1', null)];
    const wishes = { ...nothing, streamId: 'rtp-9', sessionId: 'rtmp-1' };
    expect(pickVideo(whole, wishes)?.id).toBe('rtmp-1');
    expect(pickVideo(whole, { ...wishes, sessionId: 'tls-1' })?.id).toBe('rtp-9');
  });

  it('is the first of the selected call, or the one chosen', () => {
    expect(pick({ callId: 'call-1', streamId: 'rtp-7' })).toBe('rtp-1');
    expect(pick({ callId: 'call-1', chosenId: 'rtp-2' })).toBe('rtp-2');
    expect(pick({ callId: 'call-1', chosenId: 'rtp-9' })).toBe('rtp-1');
  });

  it('stays with what plays, whatever is selected', () => {
    expect(pick({ loadedId: 'rtp-9', isPlaying: true, streamId: 'rtp-1', callId: 'call-1' })).toBe('rtp-9');
    expect(pick({ loadedId: 'call-1', isPlaying: true, streamId: null, callId: 'call-2' })).toBe('rtp-1');
  });

  it('is what is loaded when nothing else has one', () => {
    expect(pick({ loadedId: 'rtp-9', streamId: 'rtp-7' })).toBe('rtp-9');
    expect(pick({ streamId: 'rtp-7' })).toBeUndefined();
  });
});
