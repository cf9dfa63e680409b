import type { Shape } from './shapes';
import { monoFamily, sansFamily, textStyles } from './text';

/** One shape as an SVG element in the colours of the theme. */
export function ShapeElement({ shape }: { readonly shape: Shape }) {
  const colour = `var(--td-${shape.paint})`;
  switch (shape.kind) {
    case 'line':
      return (
        <line
          x1={shape.x1}
          y1={shape.y1}
          x2={shape.x2}
          y2={shape.y2}
          strokeWidth={shape.width}
          strokeDasharray={shape.dash?.join(' ')}
          style={{ stroke: colour }}
        />
      );
    case 'rect':
      return (
        <rect
          x={shape.x}
          y={shape.y}
          width={shape.width}
          height={shape.height}
          rx={shape.isOutline ? 3 : undefined}
          opacity={shape.opacity}
          style={shape.isOutline ? { fill: 'none', stroke: colour } : { fill: colour }}
        />
      );
    case 'polygon':
      return <polygon points={shape.points.join(' ')} style={{ fill: colour }} />;
    case 'polyline':
      return (
        <polyline
          points={shape.points.join(' ')}
          strokeWidth={shape.width}
          strokeDasharray={shape.dash?.join(' ')}
          style={{ fill: 'none', stroke: colour }}
        />
      );
    case 'text': {
      const { size, weight, isMono } = textStyles[shape.style];
      return (
        <text
          x={shape.x}
          y={shape.y}
          textAnchor={shape.anchor}
          fontFamily={isMono ? monoFamily : sansFamily}
          fontSize={size}
          fontWeight={weight}
          style={
            shape.hasHalo
              ? {
                  fill: colour,
                  stroke: 'var(--ladder-ground, var(--td-surface))',
                  strokeWidth: 3,
                  paintOrder: 'stroke',
                }
              : { fill: colour }
          }
        >
          {shape.text}
        </text>
      );
    }
  }
}
