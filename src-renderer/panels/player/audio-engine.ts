import type { PlayerModel } from '#shared/model/player';

export interface LaneSettings {
  readonly isMuted: boolean;
  readonly isSolo: boolean;
  /** -1 left ear, 0 both, 1 right ear. */
  readonly pan: -1 | 0 | 1;
}

export interface LoopSeconds {
  readonly startSeconds: number;
  readonly endSeconds: number;
}

/** What the engine tells; times are seconds since the start of the sound. */
export interface EngineListener {
  /** Up to once a frame. `levels` are RMS values per lane, 0..1; `hasMoved`: by playing, not by a jump. */
  onPosition(seconds: number, levels: readonly number[], hasMoved: boolean): void;
  onEnded(): void;
  onFailure(message: string): void;
}

interface Graph {
  readonly context: AudioContext;
  readonly gains: readonly GainNode[];
  readonly panners: readonly StereoPannerNode[];
  readonly analysers: readonly AnalyserNode[];
}

const meterWindow = 1024;

/**
 * Plays one artifact: a media element whose channels go through a gain and a panner each, so that every lane can be
 * heard alone and in either ear. The element is the clock; the waveform follows it.
 */
export class AudioEngine {
  readonly media: HTMLAudioElement;
  private graph: Graph | null = null;
  private frame = 0;
  private loop: LoopSeconds | null = null;
  private volume = 1;
  private settings: readonly LaneSettings[];
  private readonly samples = new Float32Array(meterWindow);

  private listener: EngineListener | null = null;

  constructor(private readonly model: PlayerModel) {
    this.media = new Audio();
    // Without it the samples of another origin would reach the graph as silence.
    this.media.crossOrigin = 'anonymous';
    this.media.preload = 'auto';
    this.settings = defaultSettings(model.lanes.length);
  }

  /** Begins to load; returns the function that lets everything go. It may be opened again. */
  open(listener: EngineListener): () => void {
    const { media } = this;
    this.listener = listener;
    const abort = new AbortController();
    const on = (event: string, handler: () => void): void =>
      media.addEventListener(event, handler, { signal: abort.signal });
    on('play', () => this.startTicking());
    on('pause', () => this.report(true));
    on('seeked', () => this.report(false));
    on('timeupdate', () => this.obeyLoop());
    on('ended', () => {
      this.report(true);
      listener.onEnded();
    });
    on('error', () => listener.onFailure(media.error?.message || 'The sound could not be played.'));
    media.src = this.model.url;
    return () => {
      abort.abort();
      this.listener = null;
      cancelAnimationFrame(this.frame);
      media.pause();
      media.removeAttribute('src');
      media.load();
      void this.graph?.context.close();
      this.graph = null;
    };
  }

  get positionSeconds(): number {
    return this.media.currentTime;
  }

  async play(): Promise<void> {
    this.graph ??= this.connect();
    try {
      if (this.graph.context.state === 'suspended') await this.graph.context.resume();
      await this.media.play();
    } catch (error) {
      // A pause that comes before the sound begins is no failure.
      if (error instanceof DOMException && error.name === 'AbortError') return;
      this.listener?.onFailure(error instanceof Error ? error.message : String(error));
    }
  }

  pause(): void {
    this.media.pause();
  }

  seek(seconds: number): void {
    this.media.currentTime = Math.max(0, Math.min(this.model.durationSeconds, seconds));
  }

  setLoop(loop: LoopSeconds | null): void {
    this.loop = loop;
  }

  setSpeed(factor: number): void {
    this.media.preservesPitch = true;
    this.media.defaultPlaybackRate = factor;
    this.media.playbackRate = factor;
  }

  setVolume(volume: number): void {
    this.volume = volume;
    this.applySettings();
  }

  setLanes(settings: readonly LaneSettings[]): void {
    this.settings = settings;
    this.applySettings();
  }

  private connect(): Graph {
    const context = new AudioContext();
    const lanes = this.model.lanes.length;
    const source = context.createMediaElementSource(this.media);
    const splitter = context.createChannelSplitter(Math.max(1, lanes));
    source.connect(splitter);
    const gains: GainNode[] = [];
    const panners: StereoPannerNode[] = [];
    const analysers: AnalyserNode[] = [];
    for (let lane = 0; lane < lanes; lane++) {
      const analyser = context.createAnalyser();
      analyser.fftSize = meterWindow;
      const gain = context.createGain();
      const panner = context.createStereoPanner();
      splitter.connect(analyser, lane);
      analyser.connect(gain).connect(panner).connect(context.destination);
      gains.push(gain);
      panners.push(panner);
      analysers.push(analyser);
    }
    const graph = { context, gains, panners, analysers };
    this.graph = graph;
    this.applySettings();
    return graph;
  }

  private applySettings(): void {
    if (!this.graph) return;
    const { context, gains, panners } = this.graph;
    for (const [lane, gain] of laneGains(this.settings).entries()) {
      // A short slope instead of a step, which would click.
      gains[lane].gain.setTargetAtTime(gain * this.volume, context.currentTime, 0.008);
      panners[lane].pan.setTargetAtTime(this.settings[lane].pan, context.currentTime, 0.008);
    }
  }

  private startTicking(): void {
    cancelAnimationFrame(this.frame);
    const tick = (): void => {
      this.obeyLoop();
      this.report(true);
      if (!this.media.paused) this.frame = requestAnimationFrame(tick);
    };
    this.frame = requestAnimationFrame(tick);
  }

  private obeyLoop(): void {
    const { loop, media } = this;
    if (loop && !media.paused && media.currentTime >= loop.endSeconds) media.currentTime = loop.startSeconds;
  }

  private report(hasMoved: boolean): void {
    this.listener?.onPosition(this.media.currentTime, this.levels(), hasMoved);
  }

  private levels(): number[] {
    const isSilent = this.media.paused || !this.graph;
    return this.settings.map((_, lane) => {
      if (isSilent || !this.graph) return 0;
      this.graph.analysers[lane].getFloatTimeDomainData(this.samples);
      return rootMeanSquare(this.samples);
    });
  }
}

/** The first two lanes stand left and right; a single one and those beyond in the middle. */
export function defaultSettings(lanes: number): LaneSettings[] {
  return Array.from({ length: lanes }, (_, lane) => ({
    isMuted: false,
    isSolo: false,
    pan: lanes === 1 || lane > 1 ? 0 : lane === 0 ? -1 : 1,
  }));
}

/** Gain of each lane: a solo silences the others, whatever else they are set to. */
export function laneGains(settings: readonly LaneSettings[]): number[] {
  const hasSolo = settings.some((lane) => lane.isSolo);
  return settings.map((lane) => (hasSolo ? Number(lane.isSolo) : Number(!lane.isMuted)));
}

export function rootMeanSquare(samples: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += samples[i] * samples[i];
  return samples.length === 0 ? 0 : Math.sqrt(sum / samples.length);
}

/** Share of a meter that an RMS level fills: 0 at -60 dBFS, 1 at full scale. */
export function meterShare(level: number): number {
  if (level <= 0.001) return 0;
  return Math.min(1, 1 + (20 * Math.log10(level)) / 60);
}
