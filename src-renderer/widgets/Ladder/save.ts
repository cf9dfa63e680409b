import type { Ladder } from '#shared/model/call';
import { type Palette, paletteVariables } from '../palette';
import { layoutLadder } from './layout';
import { ladderScene, type Scene, type Shape } from './shapes';
import { createTextMeasurer, estimateTextWidth, monoFamily, sansFamily, textStyles } from './text';

/** Largest side of a canvas that Chromium paints. */
const largestCanvasSide = 16_384;

/** The whole ladder as a stand-alone SVG file, in the colours of `palette`, laid out `width` pixels wide. */
export function ladderToSvg(ladder: Ladder, title: string, width: number, palette: Palette): string {
  // Other machines have other fonts: leave room for the widest.
  const layout = layoutLadder(ladder, width, estimateTextWidth);
  return sceneToSvg(ladderScene(layout, title, estimateTextWidth), palette);
}

/**
 * The whole ladder as a PNG file, twice as fine as the screen where its height allows it.
 * Fails with an `Error` to show when the ladder is too tall for a picture.
 */
export async function ladderToPng(
  ladder: Ladder,
  title: string,
  width: number,
  palette: Palette,
): Promise<Uint8Array<ArrayBuffer>> {
  const measure = createTextMeasurer();
  const scene = ladderScene(layoutLadder(ladder, width, measure), title, measure);
  const scale = Math.min(2, largestCanvasSide / scene.height, largestCanvasSide / scene.width);
  if (scale < 0.75) {
    throw new Error(`${ladder.items.length} messages are too tall for one picture; save the call flow as SVG instead.`);
  }
  const canvas = new OffscreenCanvas(Math.ceil(scene.width * scale), Math.ceil(scene.height * scale));
  const context = canvas.getContext('2d');
  if (!context) throw new Error('The picture could not be painted.');
  context.scale(scale, scale);
  paintScene(scene, context, palette);
  const blob = await canvas.convertToBlob({ type: 'image/png' });
  return new Uint8Array(await blob.arrayBuffer());
}

export function sceneToSvg(scene: Scene, palette: Palette): string {
  const colours = paletteVariables(palette);
  const colour = (paint: string): string => colours[`--td-${paint}`];
  const elements = scene.shapes.map((shape) => shapeToSvg(shape, colour));
  const { width, height } = scene;
  const size = `width="${round(width)}" height="${round(height)}" viewBox="0 0 ${round(width)} ${round(height)}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>\n${elements.join('\n')}\n</svg>\n`;
}

function shapeToSvg(shape: Shape, colour: (paint: string) => string): string {
  const paint = colour(shape.paint);
  const dash = 'dash' in shape && shape.dash ? ` stroke-dasharray="${shape.dash.join(' ')}"` : '';
  switch (shape.kind) {
    case 'line': {
      const ends = `x1="${round(shape.x1)}" y1="${round(shape.y1)}" x2="${round(shape.x2)}" y2="${round(shape.y2)}"`;
      return `<line ${ends} stroke="${paint}" stroke-width="${shape.width}"${dash}/>`;
    }
    case 'rect': {
      const box = `x="${round(shape.x)}" y="${round(shape.y)}" width="${round(shape.width)}" height="${round(shape.height)}"`;
      const opacity = shape.opacity === undefined ? '' : ` opacity="${shape.opacity}"`;
      return shape.isOutline
        ? `<rect ${box} rx="3" fill="none" stroke="${paint}"/>`
        : `<rect ${box} fill="${paint}"${opacity}/>`;
    }
    case 'polygon':
      return `<polygon points="${shape.points.map(round).join(' ')}" fill="${paint}"/>`;
    case 'polyline': {
      const points = shape.points.map(round).join(' ');
      return `<polyline points="${points}" fill="none" stroke="${paint}" stroke-width="${shape.width}"${dash}/>`;
    }
    case 'text': {
      const { size, weight, isMono } = textStyles[shape.style];
      const family = (isMono ? monoFamily : sansFamily).replaceAll('"', "'");
      const font = `font-family="${family}" font-size="${size}" font-weight="${weight}"`;
      const anchor = shape.anchor && shape.anchor !== 'start' ? ` text-anchor="${shape.anchor}"` : '';
      const halo = shape.hasHalo ? ` stroke="${colour('surface')}" stroke-width="3" paint-order="stroke"` : '';
      const place = `x="${round(shape.x)}" y="${round(shape.y)}"`;
      return `<text ${place} ${font} fill="${paint}"${anchor}${halo}>${escapeXml(shape.text)}</text>`;
    }
  }
}

/** Texts come from the network: no markup, and nothing that XML 1.0 (section 2.2) forbids, gets through. */
function escapeXml(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])/g, '\ufffd')
    .replace(/(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function paintScene(scene: Scene, context: OffscreenCanvasRenderingContext2D, palette: Palette): void {
  const colours = paletteVariables(palette);
  for (const shape of scene.shapes) paintShape(shape, context, colours[`--td-${shape.paint}`], palette.surface);
}

function paintShape(
  shape: Shape,
  context: OffscreenCanvasRenderingContext2D,
  colour: string,
  haloColour: string,
): void {
  context.fillStyle = colour;
  context.strokeStyle = colour;
  context.setLineDash('dash' in shape && shape.dash ? [...shape.dash] : []);
  switch (shape.kind) {
    case 'line':
      trace(context, [shape.x1, shape.y1, shape.x2, shape.y2]);
      context.lineWidth = shape.width;
      context.stroke();
      return;
    case 'rect':
      context.globalAlpha = shape.opacity ?? 1;
      context.beginPath();
      context.lineWidth = 1;
      if (shape.isOutline) {
        context.roundRect(shape.x, shape.y, shape.width, shape.height, 3);
        context.stroke();
      } else {
        context.fillRect(shape.x, shape.y, shape.width, shape.height);
      }
      context.globalAlpha = 1;
      return;
    case 'polygon':
      trace(context, shape.points);
      context.fill();
      return;
    case 'polyline':
      trace(context, shape.points);
      context.lineWidth = shape.width;
      context.stroke();
      return;
    case 'text': {
      const { size, weight, isMono } = textStyles[shape.style];
      context.font = `${weight} ${size}px ${isMono ? monoFamily : sansFamily}`;
      context.textAlign = shape.anchor === 'middle' ? 'center' : (shape.anchor ?? 'start');
      if (shape.hasHalo) {
        context.strokeStyle = haloColour;
        context.lineWidth = 3;
        context.lineJoin = 'round';
        context.strokeText(shape.text, shape.x, shape.y);
      }
      context.fillText(shape.text, shape.x, shape.y);
      return;
    }
  }
}

function trace(context: OffscreenCanvasRenderingContext2D, points: readonly number[]): void {
  context.beginPath();
  for (let i = 0; i < points.length; i += 2) {
    if (i === 0) context.moveTo(points[0], points[1]);
    else context.lineTo(points[i], points[i + 1]);
  }
}
