import { ActionIcon, NativeSelect, Slider, Tooltip } from '@mantine/core';
import { type KeyboardEvent, useEffect, useEffectEvent, useMemo, useRef, useState } from 'react';
import type { PlayerMarker, PlayerModel } from '#shared/model/player';
import { reportFailure } from '../../bridge';
import { playheadActions, usePlayhead } from '../../stores/playhead';
import { selectionActions } from '../../stores/selection';
import { formatPosition, formatSeconds } from '../../widgets/time-format';
import { useElementSize } from '../../widgets/use-element-size';
import { neighbourMarker } from '../../widgets/Waveform/markers';
import { rulerHeight, scrollbarHeight, Waveform, type WaveformLane } from '../../widgets/Waveform/Waveform';
import { AudioEngine, defaultSettings, type LaneSettings, type LoopSeconds, meterShare } from './audio-engine';
import { LaneHeader } from './LaneHeader';
import { MarkerList } from './MarkerList';
import styles from './PlayerPanel.module.css';
import { TransportIcon } from './TransportIcon';

const speeds = [0.5, 0.75, 1, 1.25, 1.5, 2];
const smallestLane = 40;
const largestLane = 140;
const largestZoom = 400;

/** The sound of one call or stream: transport, lanes, waveform. */
export function Deck({ model }: { readonly model: PlayerModel }) {
  const root = useRef<HTMLDivElement>(null);
  const position = useRef<HTMLOutputElement>(null);
  const captureTime = useRef<HTMLOutputElement>(null);
  const stage = useRef<HTMLDivElement>(null);
  const meters = useRef<(HTMLElement | null)[]>([]);
  const isPlaying = usePlayhead((state) => state.isPlaying && state.sourceId === model.sourceId);
  const [loop, setLoop] = useState<LoopSeconds | null>(null);
  const [isLooping, setLooping] = useState(false);
  const [speed, setSpeed] = useState(1);
  const [volume, setVolume] = useState(1);
  const [zoom, setZoom] = useState(1);
  const [settings, setSettings] = useState<readonly LaneSettings[]>(() => defaultSettings(model.lanes.length));
  const { height } = useElementSize(stage, { width: 800, height: 140 });

  const show = useEffectEvent((seconds: number, levels: readonly number[]) => {
    if (position.current) position.current.textContent = formatPosition(seconds, 1);
    if (captureTime.current)
      captureTime.current.textContent = `${formatSeconds(model.startSeconds + seconds, 3)}\u00a0s`;
    if (root.current) root.current.dataset.position = seconds.toFixed(3);
    for (const [lane, level] of levels.entries()) {
      if (root.current) root.current.dataset[`level-${lane}`] = level.toFixed(4);
      const bar = meters.current[lane];
      if (bar) bar.style.transform = `scaleX(${meterShare(level)})`;
    }
  });

  const [engine] = useState(() => new AudioEngine(model));
  useEffect(() => {
    const close = engine.open({
      onPosition(seconds, levels, hasMoved) {
        show(seconds, levels);
        if (hasMoved) playheadActions.moved(model.startSeconds + seconds);
      },
      onEnded: () => playheadActions.pause(),
      onFailure(message) {
        playheadActions.pause();
        reportFailure({ code: 'playback', message, where: model.title });
      },
    });
    engine.seek(usePlayhead.getState().seconds - model.startSeconds);
    return close;
  }, [engine, model]);

  useEffect(() => {
    if (isPlaying) void engine.play();
    else engine.pause();
  }, [engine, isPlaying]);

  useEffect(
    () =>
      usePlayhead.subscribe((now, before) => {
        if (now.seek.serial !== before.seek.serial && now.seek.origin !== 'player') {
          engine.seek(now.seek.seconds - model.startSeconds);
        }
      }),
    [engine, model],
  );

  useEffect(() => engine.setLoop(isLooping ? (loop ?? wholeOf(model)) : null), [engine, isLooping, loop, model]);
  useEffect(() => engine.setSpeed(speed), [engine, speed]);
  useEffect(() => engine.setVolume(volume), [engine, volume]);
  useEffect(() => engine.setLanes(settings), [engine, settings]);

  const lanes = useMemo<WaveformLane[]>(
    () =>
      model.lanes.map((lane, index) => ({
        id: lane.streamId,
        colour: colourOf(index),
        peaks: lane.peaks,
        markers: lane.markers,
      })),
    [model],
  );
  const markers = useMemo(() => model.lanes.flatMap((lane) => lane.markers), [model]);
  const laneHeight = Math.floor(
    Math.min(largestLane, Math.max(smallestLane, (height - rulerHeight - scrollbarHeight) / Math.max(1, lanes.length))),
  );

  const seek = (seconds: number): void => {
    engine.seek(seconds);
    playheadActions.seek('player', model.startSeconds + Math.max(0, Math.min(model.durationSeconds, seconds)));
  };
  const toMarker = (marker: PlayerMarker | null): void => {
    if (!marker) return;
    selectionActions.selectFrame(marker.frame);
    seek(marker.startSeconds);
  };
  const step = (direction: 'previous' | 'next'): void =>
    toMarker(neighbourMarker(markers, engine.positionSeconds, direction));
  const zoomBy = (factor: number): void => setZoom((now) => Math.min(largestZoom, Math.max(1, now * factor)));
  const toggle = (): void => {
    if (isPlaying) playheadActions.pause();
    else playheadActions.play(model.sourceId);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target instanceof Element && event.target.closest('input, select, [role=slider]')) return;
    if (event.key === 'ArrowLeft') seek(engine.positionSeconds - (event.shiftKey ? 0.1 : 1));
    else if (event.key === 'ArrowRight') seek(engine.positionSeconds + (event.shiftKey ? 0.1 : 1));
    else if (event.key === 'Home') seek(0);
    else if (event.key === 'End') seek(model.durationSeconds);
    else if (event.key === 'PageUp') step('previous');
    else if (event.key === 'PageDown') step('next');
    else if (event.key === 'Escape' && loop) {
      setLoop(null);
      setLooping(false);
    } else return;
    event.preventDefault();
  };

  return (
    <div
      ref={root}
      className={styles.panel}
      data-testid="player"
      data-state={isPlaying ? 'playing' : 'ready'}
      data-position="0.000"
      data-duration={model.durationSeconds.toFixed(3)}
      onKeyDown={onKeyDown}
    >
      <div className={styles.toolbar} role="toolbar" aria-label="Playback">
        <Tooltip label="Previous marker (Page Up)">
          <ActionIcon aria-label="Previous marker" disabled={markers.length === 0} onClick={() => step('previous')}>
            <TransportIcon name="previous" size={14} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label={isPlaying ? 'Pause (Space)' : 'Play (Space)'}>
          <ActionIcon
            variant="filled"
            color="sky"
            size={28}
            aria-label={isPlaying ? 'Pause' : 'Play'}
            data-testid="play"
            onClick={toggle}
          >
            <TransportIcon name={isPlaying ? 'pause' : 'play'} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label="Next marker (Page Down)">
          <ActionIcon aria-label="Next marker" disabled={markers.length === 0} onClick={() => step('next')}>
            <TransportIcon name="next" size={14} />
          </ActionIcon>
        </Tooltip>
        <div className={styles.position} data-testid="position">
          <output ref={position}>{formatPosition(0, 1)}</output>
          <span className={styles.dim}> / {formatPosition(model.durationSeconds, 1)}</span>
        </div>
        <Tooltip label="Time in the capture">
          <output ref={captureTime} className={styles.captureTime}>
            {formatSeconds(model.startSeconds, 3)} s
          </output>
        </Tooltip>
        <span className={styles.title} title={model.title}>
          {model.title}
        </span>
        <MarkerList lanes={model.lanes} onJump={toMarker} />
        <Tooltip label={loop ? 'Repeat the marked stretch' : 'Repeat; drag on the waveform to mark a stretch'}>
          <ActionIcon
            aria-label="Repeat"
            aria-pressed={isLooping}
            variant={isLooping ? 'light' : 'subtle'}
            color={isLooping ? 'sky' : 'gray'}
            onClick={() => setLooping(!isLooping)}
          >
            <TransportIcon name="loop" />
          </ActionIcon>
        </Tooltip>
        <Tooltip label="Speed; the pitch stays">
          <NativeSelect
            size="xs"
            className={styles.speed}
            aria-label="Speed"
            value={String(speed)}
            onChange={(event) => setSpeed(Number(event.currentTarget.value))}
            data={speeds.map((value) => ({ value: String(value), label: `${value}×` }))}
          />
        </Tooltip>
        <div className={styles.zoom} role="group" aria-label="Zoom">
          <ActionIcon aria-label="Zoom out" disabled={zoom <= 1} onClick={() => zoomBy(0.5)}>
            −
          </ActionIcon>
          <Tooltip label="Show everything">
            <ActionIcon aria-label="Show everything" disabled={zoom <= 1} w={32} onClick={() => setZoom(1)}>
              Fit
            </ActionIcon>
          </Tooltip>
          <ActionIcon aria-label="Zoom in" disabled={zoom >= largestZoom} onClick={() => zoomBy(2)}>
            +
          </ActionIcon>
        </div>
        <TransportIcon name="volume" />
        <Slider
          className={styles.volume}
          size="xs"
          label={(value) => `${value} %`}
          thumbLabel="Volume"
          value={Math.round(volume * 100)}
          onChange={(value) => setVolume(value / 100)}
        />
      </div>
      <div ref={stage} className={styles.stage}>
        <div className={styles.lanes} style={{ paddingTop: rulerHeight }}>
          {model.lanes.map((lane, index) => (
            <LaneHeader
              key={lane.streamId}
              lane={lane}
              colour={colourOf(index)}
              height={laneHeight}
              settings={settings[index]}
              onChange={(changed) => setSettings(settings.map((old, at) => (at === index ? changed : old)))}
              meterRef={(element) => {
                meters.current[index] = element;
              }}
            />
          ))}
        </div>
        <div className={styles.wave} tabIndex={0} role="group" aria-label="Waveform">
          <Waveform
            media={engine.media}
            durationSeconds={model.durationSeconds}
            startSeconds={model.startSeconds}
            lanes={lanes}
            laneHeight={laneHeight}
            zoom={zoom}
            loop={loop}
            onSeek={seek}
            onLoop={(range) => {
              setLoop(range);
              setLooping(true);
              seek(range.startSeconds);
            }}
            onZoom={zoomBy}
            onMarker={(marker) => selectionActions.selectFrame(marker.frame)}
          />
        </div>
      </div>
    </div>
  );
}

function colourOf(lane: number): 'caller' | 'callee' {
  return lane % 2 === 0 ? 'caller' : 'callee';
}

function wholeOf(model: PlayerModel): LoopSeconds {
  // A little before the end, where the element would stop of itself.
  return { startSeconds: 0, endSeconds: Math.max(0, model.durationSeconds - 0.03) };
}
