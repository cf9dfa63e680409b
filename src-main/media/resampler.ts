/** Zero crossings of the sinc on each side. */
const halfWidth = 16;
/** Table entries between two zero crossings; between entries the kernel is interpolated linearly. */
const resolution = 512;
/** Kaiser window: about 80 dB of stop band. */
const beta = 8;

/** Modified Bessel function of the first kind, order 0, by its power series. */
function bessel0(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > 1e-12 * sum; k += 1) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

const kernel = Float64Array.from({ length: halfWidth * resolution + 2 }, (_, i) => {
  const x = i / resolution;
  if (x >= halfWidth) return 0;
  const sinc = x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
  return (sinc * bessel0(beta * Math.sqrt(1 - (x / halfWidth) ** 2))) / bessel0(beta);
});

function weight(distance: number): number {
  const at = Math.abs(distance) * resolution;
  const i = Math.floor(at);
  return kernel[i] + (at - i) * (kernel[i + 1] - kernel[i]);
}

/** Samples of the input that the outputs `from..from+length` depend on. */
export function inputRange(fromRateHz: number, toRateHz: number, from: number, length: number): [number, number] {
  const ratio = fromRateHz / toRateHz;
  return [Math.floor(from * ratio) - halfWidth + 1, Math.ceil((from + length - 1) * ratio) + halfWidth];
}

/**
 * Raises the sampling rate by windowed-sinc interpolation: 32 taps under a Kaiser window, band limit at half the
 * lower rate. Both sides count samples from the same origin, so blocks can be computed on their own.
 *
 * @param input interleaved samples; frame 0 of it is sample `inputStart`, frames outside count as silence
 * @param output interleaved, frame 0 is sample `outputStart`; results are added to what stands there
 */
export function addResampled(
  input: Float32Array,
  inputStart: number,
  fromRateHz: number,
  output: Float32Array,
  outputStart: number,
  toRateHz: number,
  channels: number,
): void {
  const ratio = fromRateHz / toRateHz;
  const inputFrames = input.length / channels;
  const outputFrames = output.length / channels;
  for (let m = 0; m < outputFrames; m += 1) {
    const time = (outputStart + m) * ratio - inputStart;
    const centre = Math.floor(time);
    const first = Math.max(0, centre - halfWidth + 1);
    const last = Math.min(inputFrames - 1, centre + halfWidth);
    for (let k = first; k <= last; k += 1) {
      const factor = weight(time - k);
      for (let c = 0; c < channels; c += 1) output[m * channels + c] += factor * input[k * channels + c];
    }
  }
}
