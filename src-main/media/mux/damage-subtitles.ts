import { presentationOrder } from '#engine/analysis/video/presentation';
import type { VideoPlan } from './video-plan';

/** A subtitle stands so long at least: a single picture would be gone before it is read. */
const shortestSeconds = 1;

interface Cue {
  readonly from: number;
  to: number;
  readonly first: number;
  last: number;
  lost: number;
}

/**
 * Subtitles that say, while a film exported beside them plays, which pictures are damaged: SubRip or WebVTT. Pictures
 * that follow each other share one; times count from the first picture shown, as in the film.
 */
export function damageSubtitles(plan: VideoPlan, kind: 'srt' | 'vtt'): string {
  const blocks = cuesOf(plan).map(({ from, to, first, last, lost }, i) => {
    const pictures = first === last ? `Picture ${first}` : `Pictures ${first} to ${last}`;
    const text = `${pictures}: damaged, ${lost} ${lost === 1 ? 'packet' : 'packets'} lost`;
    const times = `${clock(from, kind)} --> ${clock(to, kind)}`;
    return `${i + 1}\n${times}\n${text}\n`;
  });
  return `${kind === 'vtt' ? 'WEBVTT\n\n' : ''}${blocks.join('\n')}`;
}

function cuesOf({ table, times, firstSeconds, endSeconds }: VideoPlan): Cue[] {
  const order = presentationOrder(times);
  const cues: Cue[] = [];
  order.forEach((picture, i) => {
    if (!table.isDamaged[picture]) return;
    const from = Math.max(0, times[picture] - firstSeconds);
    const next = i + 1 < order.length ? times[order[i + 1]] : endSeconds;
    const cue = cues.at(-1);
    if (cue?.last === i) {
      cue.to = next - firstSeconds;
      cue.last = i + 1;
      cue.lost += table.lost[picture];
    } else {
      cues.push({ from, to: next - firstSeconds, first: i + 1, last: i + 1, lost: table.lost[picture] });
    }
  });
  cues.forEach((cue, i) => {
    cue.to = Math.min(Math.max(cue.to, cue.from + shortestSeconds), cues[i + 1]?.from ?? Number.POSITIVE_INFINITY);
  });
  return cues;
}

/** `00:01:02,345`; WebVTT has a point. */
function clock(seconds: number, kind: 'srt' | 'vtt'): string {
  const ms = Math.round(seconds * 1000);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const whole = `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}`;
  return `${whole}${kind === 'srt' ? ',' : '.'}${String(ms % 1000).padStart(3, '0')}`;
}
