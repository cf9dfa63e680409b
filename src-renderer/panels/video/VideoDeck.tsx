import { type KeyboardEvent, useEffect, useEffectEvent, useMemo, useRef, useState } from 'react';
import type { VideoModel } from '#shared/model/video';
import { invoke, perform, reportFailure } from '../../bridge';
import { showPackets } from '../../app/commands';
import { playheadActions, usePlayhead } from '../../stores/playhead';
import { selectionActions } from '../../stores/selection';
import { useVideo } from '../../stores/video';
import { countFrames, frameAt, lastBefore, nextDamaged, nextShown, packetsOfFrame, seekTarget } from './frames';
import { MakingLine } from './MakingLine';
import { ModeSwitch } from './ModeSwitch';
import { SeekBar } from './SeekBar';
import { Transport } from './Transport';
import { useMaking } from './use-making';
import { VideoEngine } from './video-engine';
import { FrameLine, VideoFacts } from './VideoFacts';
import styles from './VideoPanel.module.css';

/** Sound that leads may be so far from the picture before the picture jumps after it. */
const driftSeconds = 0.12;

/**
 * The picture of one stream. When it is what plays, it drives the playhead and its sound is heard; when something else
 * plays (the call it belongs to), it follows the playhead without a sound.
 */
export function VideoDeck({ model, captureId }: { readonly model: VideoModel; readonly captureId: string }) {
  const { frames, durationSeconds, startSeconds, sourceId } = model;
  const root = useRef<HTMLDivElement>(null);
  const stage = useRef<HTMLButtonElement>(null);
  const isLeading = usePlayhead((state) => state.sourceId === sourceId);
  const isPlaying = usePlayhead((state) => state.isPlaying && state.sourceId === sourceId);
  const speed = useVideo((state) => state.speed);
  const volume = useVideo((state) => state.volume);
  const [index, setIndex] = useState<number | null>(() => frameAt(frames, 0));
  const [seconds, setSeconds] = useState(0);
  const counts = useMemo(() => countFrames(frames), [frames]);
  const [engine] = useState(() => new VideoEngine(model));
  const [isWaiting, setWaiting] = useState(false);
  const { making, want, stop, goOn } = useMaking(captureId, model, engine);
  const isPieced = model.url === null;

  const show = useEffectEvent((at: number, hasMoved: boolean) => {
    setIndex(frameAt(frames, at));
    setSeconds(at);
    if (hasMoved && isPlaying) playheadActions.moved(startSeconds + at);
  });
  const end = useEffectEvent(() => {
    if (isPlaying) playheadActions.pause();
  });
  const failed = useEffectEvent((message: string) => {
    if (isPlaying) playheadActions.pause();
    reportFailure({ code: 'playback', message, where: model.title });
  });

  const wanted = useEffectEvent((at: number) => want(at));
  const leave = useEffectEvent(() => {
    if (isPieced) void invoke('media:cancel-video', { captureId, sourceId, mode: model.mode });
  });

  useEffect(() => {
    const close = engine.open({
      onPicture: (at, hasMoved) => show(at, hasMoved),
      onEnded: () => end(),
      onFailure: (message) => failed(message),
      onWaiting: setWaiting,
      onWant: (at) => wanted(at),
    });
    engine.seek(usePlayhead.getState().seconds - startSeconds);
    return () => {
      close();
      // What nobody watches is not made any more.
      leave();
    };
  }, [engine, startSeconds]);

  useEffect(() => {
    stage.current?.append(engine.media);
  }, [engine]);

  useEffect(() => {
    if (isPlaying) void engine.play();
    else engine.pause();
  }, [engine, isPlaying]);

  useEffect(() => {
    const follow = (now: { readonly seconds: number; readonly isPlaying: boolean; sourceId: string | null }): void => {
      if (now.sourceId === sourceId) return;
      const at = now.seconds - startSeconds;
      const isInside = now.isPlaying && at >= 0 && at < durationSeconds;
      if (Math.abs(engine.positionSeconds - at) > (isInside ? driftSeconds : 0.001)) engine.seek(at);
      if (!isInside) engine.pause();
      else if (engine.media.paused) void engine.play();
    };
    return usePlayhead.subscribe((now, before) => {
      const isForeign = now.seek.origin !== 'video';
      if (now.seek.serial !== before.seek.serial && isForeign) engine.seek(now.seek.seconds - startSeconds);
      else if (now.isPlaying || before.isPlaying) follow(now);
    });
  }, [engine, sourceId, startSeconds, durationSeconds]);

  useEffect(() => {
    engine.setVolume(isLeading ? volume : 0);
  }, [engine, isLeading, volume]);
  useEffect(() => {
    engine.setSpeed(isLeading ? speed : 1);
  }, [engine, isLeading, speed]);

  const seek = (to: number): void => {
    const target = Math.max(0, Math.min(durationSeconds, to));
    engine.seek(target);
    setSeconds(target);
    playheadActions.seek('video', startSeconds + target);
  };
  const toFrame = (target: number | null): void => {
    if (target === null) return;
    playheadActions.pause();
    engine.seek(seekTarget(frames, target, durationSeconds));
    playheadActions.seek('video', startSeconds + frames.timeSeconds[target]);
  };
  const step = (direction: 1 | -1): void => {
    const here = frameAt(frames, engine.positionSeconds);
    toFrame(here === null ? null : nextShown(frames, here, direction));
  };
  const toDamage = (direction: 1 | -1): void => {
    // Of what is left out the picture before stands there: go on from the place, not from that picture.
    toFrame(nextDamaged(frames, lastBefore(frames, engine.positionSeconds), direction));
  };
  const toggle = (): void => {
    if (isPlaying) playheadActions.pause();
    else playheadActions.play(sourceId);
  };
  const packets = (): void => {
    if (index === null) return;
    playheadActions.pause();
    const numbers = packetsOfFrame(frames, index);
    if (numbers.length === 0) return;
    showPackets(`stream:${sourceId} number>=${numbers[0]} number<=${numbers[numbers.length - 1]}`);
    selectionActions.selectFrame(numbers[0]);
  };
  const savePicture = async (): Promise<void> => {
    const bytes = await engine.toPng();
    if (bytes === null || index === null) return;
    const time = (startSeconds + frames.timeSeconds[index]).toFixed(3);
    await perform('app:save-bytes', { suggestedName: `${model.title} picture ${index + 1} at ${time} s.png`, bytes });
  };
  const toFullscreen = (): void => {
    if (document.fullscreenElement) void document.exitFullscreen();
    else void root.current?.requestFullscreen();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target instanceof Element && event.target.closest('input, select')) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'ArrowLeft') seek(engine.positionSeconds - (event.shiftKey ? 0.1 : 1));
    else if (event.key === 'ArrowRight') seek(engine.positionSeconds + (event.shiftKey ? 0.1 : 1));
    else if (event.key === ',') step(-1);
    else if (event.key === '.') step(1);
    else if (event.key === 'Home') seek(0);
    else if (event.key === 'End') seek(durationSeconds);
    else if (event.key === 'PageUp') toDamage(-1);
    else if (event.key === 'PageDown') toDamage(1);
    else if (event.key === 'f') toFullscreen();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div
      ref={root}
      className={styles.panel}
      data-testid="video"
      data-state={isPlaying ? 'playing' : 'ready'}
      data-stream={sourceId}
      data-frame={index ?? ''}
      data-frames={frames.count}
      data-position={seconds.toFixed(3)}
      data-duration={durationSeconds.toFixed(3)}
      data-capture={captureId}
      onKeyDown={onKeyDown}
    >
      <button
        ref={stage}
        type="button"
        className={styles.stage}
        title="Click: the packets of this picture"
        aria-label="Show the packets of this picture"
        data-testid="video-stage"
        onClick={packets}
        onDoubleClick={toFullscreen}
      />
      {isWaiting && making.state === 'making' && (
        <div className={styles.waiting} role="status">
          This part is being made…
        </div>
      )}
      <SeekBar model={model} seconds={seconds} made={isPieced ? making.spans : null} onSeek={seek} />
      {isPieced && <MakingLine making={making} codec={model.codec} onStop={stop} onGoOn={goOn} />}
      <Transport
        isPlaying={isPlaying}
        isLeading={isLeading}
        hasSound={model.audio !== null}
        hasDamage={counts.damaged > 0}
        seconds={seconds}
        durationSeconds={durationSeconds}
        startSeconds={startSeconds}
        onToggle={toggle}
        onStep={step}
        onDamage={toDamage}
        onSave={() => void savePicture()}
        onFullscreen={toFullscreen}
      />
      <FrameLine frames={frames} index={index} onPackets={packets} />
      <div className={styles.facts}>
        <ModeSwitch isIdle={counts.damaged === 0} />
        <VideoFacts model={model} counts={counts} />
      </div>
    </div>
  );
}
