import { useEffect, useRef } from 'react';
import { usePalette } from '../palette';

const height = 12;
/** Even one packet in a hundred is seen: the smallest column that is drawn. */
const lowest = 3;

/** Loss along a bar: a column per slice, the higher and the stronger the more is lost. Where nothing was due, a gap. */
export function LossHeat({ heat, colour }: { heat: Float32Array; colour: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { lost, surface } = usePalette();
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    context.clearRect(0, 0, heat.length, height);
    for (let slice = 0; slice < heat.length; slice++) {
      const share = heat[slice];
      context.globalAlpha = Number.isNaN(share) ? 0.28 : 1;
      context.fillStyle = colour;
      context.fillRect(slice, 0, 1, height);
      if (!(share > 0)) continue;
      const column = Math.min(height, lowest + Math.round(Math.sqrt(share) * height));
      context.globalAlpha = 1;
      context.fillStyle = surface;
      context.fillRect(slice, height - column - 1, 1, column + 1);
      context.globalAlpha = 0.55 + 0.45 * Math.min(1, Math.sqrt(share));
      context.fillStyle = lost;
      context.fillRect(slice, height - column, 1, column);
    }
    context.globalAlpha = 1;
  }, [heat, colour, lost, surface]);
  return (
    <canvas
      ref={canvas}
      width={Math.max(1, heat.length)}
      height={height}
      aria-hidden
      style={{ display: 'block', width: '100%', height: '100%', imageRendering: 'pixelated' }}
    />
  );
}
