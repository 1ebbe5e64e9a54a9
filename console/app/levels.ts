import { Watched } from "./watched";

/** The level of silence, and of the loudest sound, in dBFS. */
export const silence = -90, loudest = 0;

/** The steps that are kept, of 100 ms each: a minute. */
export const kept = 600;
const stepMs = 100;

/** The last minute of a leg: its level in dBFS and whether it speaks, in steps of media time. Older steps are forgotten. */
export class Levels extends Watched {
  private readonly level = new Int8Array(kept).fill(silence);
  private readonly speech = new Uint8Array(kept);
  private end = 0; // number of the step after the last

  /** Notes the levels of successive steps. What was missed before them is silence. */
  put(fromMs: number, levels: number[]): void {
    const first = Math.round(fromMs / stepMs);
    for (let i = Math.max(this.end, first + levels.length - kept); i < first + levels.length; i++) {
      this.level[i % kept] = levels[i - first] ?? silence;
      this.speech[i % kept] = 0;
    }
    this.end = Math.max(this.end, first + levels.length);
    this.changed();
  }

  /** Notes a stretch of speech, which is found after its levels. */
  speak(fromMs: number, toMs: number): void {
    const end = Math.min(this.end, Math.round(toMs / stepMs));
    for (let i = Math.max(0, this.end - kept, Math.round(fromMs / stepMs)); i < end; i++) {
      this.speech[i % kept] = 1;
    }
    this.changed();
  }

  /** The level and the speech of the step that lies so many steps before the last. */
  before(steps: number): { level: number; speaks: boolean } {
    const i = this.end - 1 - steps;
    return i < 0 ? { level: silence, speaks: false } : { level: this.level[i % kept] ?? silence, speaks: this.speech[i % kept] === 1 };
  }

  /** The level of the last step. */
  get last(): number {
    return this.before(0).level;
  }
}

/** The levels of all live calls at the moment, one a leg. */
export class Loudness extends Watched {
  private levels: Record<string, number[]> = {};

  put(levels: Record<string, number[]>): void {
    this.levels = levels;
    this.changed();
  }

  of(transactionId: string, leg: number): number {
    return this.levels[transactionId]?.[leg] ?? silence;
  }
}
