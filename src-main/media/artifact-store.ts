import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** A file that can be asked for by its id. */
export interface StoredArtifact {
  readonly path: string;
  readonly mime: string;
}

/**
 * Files made for the player, in a private folder (0700). Who asks for one knows its random id and nothing of
 * the file system; an id that was not given out leads nowhere.
 */
export class ArtifactStore {
  private readonly artifacts = new Map<string, StoredArtifact & { readonly owner: string }>();
  private folder: string | null = null;

  /** @param cacheDir folder below which the private one is made at first use */
  constructor(private readonly cacheDir: string) {}

  /** A new id, and the path where its file is to be written. */
  reserve(owner: string, extension: string, mime: string): { readonly id: string; readonly path: string } {
    const id = randomBytes(16).toString('hex');
    const path = join(this.privateFolder(), `${id}.${extension}`);
    this.artifacts.set(id, { path, mime, owner });
    return { id, path };
  }

  get(id: string): StoredArtifact | null {
    const artifact = this.artifacts.get(id);
    return artifact ? { path: artifact.path, mime: artifact.mime } : null;
  }

  /** What the file turned out to be. */
  setMime(id: string, mime: string): void {
    const artifact = this.artifacts.get(id);
    if (artifact) this.artifacts.set(id, { ...artifact, mime });
  }

  remove(id: string): void {
    const artifact = this.artifacts.get(id);
    if (!artifact) return;
    this.artifacts.delete(id);
    rmSync(artifact.path, { force: true });
  }

  /** Removes everything made for one owner. */
  removeOwnedBy(owner: string): void {
    for (const [id, artifact] of [...this.artifacts]) if (artifact.owner === owner) this.remove(id);
  }

  /** Removes everything, and the folder. */
  dispose(): void {
    this.artifacts.clear();
    if (this.folder) rmSync(this.folder, { recursive: true, force: true });
    this.folder = null;
  }

  private privateFolder(): string {
    if (!this.folder) {
      mkdirSync(this.cacheDir, { recursive: true });
      // mkdtemp makes the folder with mode 0700.
      this.folder = mkdtempSync(join(this.cacheDir, 'tapdeck-media-'));
    }
    return this.folder;
  }
}
