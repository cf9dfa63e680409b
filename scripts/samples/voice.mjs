/**
 * A singing voice from a source and formant filters, over a steady marker tone by which a test can tell one direction
 * from the other. The other direction's marker is notched out of the voice, so that each channel carries one marker only.
 */

export const SAMPLE_RATE_HZ = 8000;

/** First three formants of a few vowels, in hertz (centre, bandwidth). */
const VOWELS = {
  a: [
    [730, 90],
    [1090, 110],
    [2440, 170],
  ],
  e: [
    [530, 60],
    [1840, 100],
    [2480, 160],
  ],
  i: [
    [280, 50],
    [2250, 120],
    [2890, 180],
  ],
  o: [
    [570, 80],
    [840, 90],
    [2410, 170],
  ],
  u: [
    [300, 60],
    [870, 90],
    [2240, 160],
  ],
};

/** Two-pole resonator of unit gain at zero frequency (Klatt 1980). */
function createResonator() {
  let y1 = 0;
  let y2 = 0;
  return (x, frequencyHz, bandwidthHz) => {
    const radius = Math.exp((-Math.PI * bandwidthHz) / SAMPLE_RATE_HZ);
    const c = -radius * radius;
    const b = 2 * radius * Math.cos((2 * Math.PI * frequencyHz) / SAMPLE_RATE_HZ);
    const y = (1 - b - c) * x + b * y1 + c * y2;
    y2 = y1;
    y1 = y;
    return y;
  };
}

/** Band-stop biquad: takes one frequency out. */
function createNotch(frequencyHz, quality) {
  const omega = (2 * Math.PI * frequencyHz) / SAMPLE_RATE_HZ;
  const alpha = Math.sin(omega) / (2 * quality);
  const cosine = Math.cos(omega);
  const a0 = 1 + alpha;
  let x1 = 0;
  let x2 = 0;
  let y1 = 0;
  let y2 = 0;
  return (x) => {
    const y = (x - 2 * cosine * x1 + x2 + 2 * cosine * y1 - (1 - alpha) * y2) / a0;
    x2 = x1;
    x1 = x;
    y2 = y1;
    y1 = y;
    return y;
  };
}

/**
 * @param {{seconds: number, markerHz: number, otherMarkerHz: number, markerLevel?: number, random: object,
 *          notes: {startSeconds: number, seconds: number, pitchHz: number, vowel: string}[]}} options
 * @returns {Float64Array} samples in -1..1 at 8000 Hz
 */
export function synthesizeVoice({ seconds, markerHz, otherMarkerHz, markerLevel = 0.05, random, notes }) {
  const length = Math.round(seconds * SAMPLE_RATE_HZ);
  const voice = new Float64Array(length);
  for (const note of notes) singNote(voice, note, random);
  const notches = [createNotch(markerHz, 6), createNotch(otherMarkerHz, 6)];
  let peak = 0;
  for (let i = 0; i < length; i++) {
    voice[i] = notches.reduce((value, notch) => notch(value), voice[i]);
    peak = Math.max(peak, Math.abs(voice[i]));
  }
  const gain = peak > 0 ? 0.75 / peak : 0;
  for (let i = 0; i < length; i++) {
    voice[i] = voice[i] * gain + markerLevel * Math.sin((2 * Math.PI * markerHz * i) / SAMPLE_RATE_HZ);
  }
  return voice;
}

/** Glottal pulses with vibrato and a little breath, through three formants, faded in and out. */
function singNote(target, { startSeconds, seconds, pitchHz, vowel }, random) {
  const first = Math.round(startSeconds * SAMPLE_RATE_HZ);
  const length = Math.round(seconds * SAMPLE_RATE_HZ);
  const resonators = VOWELS[vowel].map(() => createResonator());
  let phase = 0;
  for (let i = 0; i < length && first + i < target.length; i++) {
    const time = i / SAMPLE_RATE_HZ;
    const vibrato = 1 + 0.012 * Math.sin(2 * Math.PI * 5.5 * time) * Math.min(1, time * 4);
    phase += (pitchHz * vibrato) / SAMPLE_RATE_HZ;
    if (phase >= 1) phase -= 1;
    // Rosenberg-like pulse: opens slowly, closes fast; its slope is what the mouth hears.
    const pulse =
      phase < 0.4 ? Math.sin((Math.PI * phase) / 0.4) : phase < 0.55 ? -1.6 * (1 - (phase - 0.4) / 0.15) : 0;
    const source = pulse + 0.05 * (random.next() - 0.5);
    let sound = source;
    VOWELS[vowel].forEach(([frequencyHz, bandwidthHz], index) => {
      sound = resonators[index](sound, frequencyHz, bandwidthHz);
    });
    const attack = Math.min(1, time / 0.04);
    const release = Math.min(1, (seconds - time) / 0.07);
    target[first + i] += sound * attack * Math.max(0, release);
  }
}

/** Notes one after another, from a compact melody: `[pitchHz, seconds, vowel]`, pitch 0 for a rest. */
export function melody(startSeconds, notes) {
  const out = [];
  let time = startSeconds;
  for (const [pitchHz, seconds, vowel] of notes) {
    if (pitchHz > 0) out.push({ startSeconds: time, seconds: seconds * 0.94, pitchHz, vowel });
    time += seconds;
  }
  return out;
}
