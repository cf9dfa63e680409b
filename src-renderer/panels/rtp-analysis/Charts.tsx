import { useMemo, useRef } from 'react';
import type { RtpSeries, StreamRow } from '#shared/model/stream';
import { playheadActions } from '../../stores/playhead';
import { type ChartSeries, TimeChart } from '../../widgets/TimeChart/TimeChart';
import { useElementSize } from '../../widgets/use-element-size';
import { playhead } from '../playhead';
import { trailingMean } from './trailing-mean';
import styles from './RtpAnalysisPanel.module.css';

const smallestChart = 52;
const largestChart = 130;
const legendHeight = 18;
const timeAxisHeight = 24;

/** Points over the length of a stream: about one a packet, never more than a screen can show. */
export function bucketsFor(stream: Pick<StreamRow, 'packets'>): number {
  return Math.min(2000, Math.max(50, stream.packets));
}

/** Jitter, delta, skew, loss and bitrate over capture time. */
export function Charts({ series, stream }: { readonly series: RtpSeries; readonly stream: StreamRow }) {
  const charts = useMemo(() => chartsOf(series), [series]);
  const packetSeconds = stream.packets > 1 ? stream.durationSeconds / (stream.packets - 1) : 0;
  const bridgeSeconds = Math.max(2.5 * series.bucketSeconds, 3 * packetSeconds);
  const host = useRef<HTMLDivElement>(null);
  const { height } = useElementSize(host, { width: 400, height: 400 });
  const share = Math.floor((height - timeAxisHeight - 10) / charts.length) - legendHeight;
  const chartHeight = Math.min(largestChart, Math.max(smallestChart, share));
  return (
    <div ref={host} className={styles.charts}>
      {charts.map((chart, index) => (
        <TimeChart
          key={chart[0].label}
          time={series.timeSeconds}
          series={chart}
          height={index === charts.length - 1 ? chartHeight + timeAxisHeight : chartHeight}
          syncKey="rtp-analysis"
          bridgeSeconds={bridgeSeconds}
          hasTimeAxis={index === charts.length - 1}
          playhead={playhead}
          onSeek={(seconds) => playheadActions.seek('chart', seconds)}
        />
      ))}
    </div>
  );
}

function chartsOf(series: RtpSeries): readonly (readonly ChartSeries[])[] {
  const line = { kind: 'line', decimals: 3, unit: 'ms' } as const;
  return [
    [{ ...line, label: 'Jitter', values: series.jitterMs, colour: 'jitter' }],
    [{ ...line, label: 'Delta', values: series.deltaMs, colour: 'delta' }],
    [{ ...line, label: 'Skew', values: series.skewMs, colour: 'skew' }],
    [{ label: 'Lost', unit: 'packets', decimals: 0, kind: 'bars', values: series.lost, colour: 'lost' }],
    [{ ...line, label: 'Bitrate', unit: 'kbit/s', decimals: 1, values: overOneSecond(series), colour: 'bitrate' }],
  ];
}

/** Buckets are about as long as a packet: one with two of them would look like a burst. */
function overOneSecond({ bitrateKbps, bucketSeconds }: RtpSeries): Float64Array {
  return trailingMean(bitrateKbps, bucketSeconds > 0 ? Math.round(1 / bucketSeconds) : 1);
}
