// Control plane. When each file of a session began and ended. Called while a unit is received; knows events, no files.
import type { StreamEvent } from '@scamander/session';
import type { JobNews } from '../../jobs/news.ts';

/** ISO times of one file. */
interface FileTimes {
  startedAt: string | undefined;
  finishedAt: string | undefined;
}

/** Times by the name that events give a file. */
export class UnitTimes {
  readonly #files = new Map<string, FileTimes>();
  readonly #unixMs: () => number;

  constructor(unixMs: () => number) {
    this.#unixMs = unixMs;
  }

  see(event: StreamEvent | JobNews): void {
    if (event.type === 'FileStarted') this.#file(event.file).startedAt ??= this.#now();
    else if (event.type === 'FileReceived')
      this.#file(event.received.name).finishedAt = this.#now();
  }

  of(name: string): Readonly<FileTimes> {
    return this.#files.get(name) ?? { startedAt: undefined, finishedAt: undefined };
  }

  #file(name: string): FileTimes {
    const file = this.#files.get(name) ?? { startedAt: undefined, finishedAt: undefined };
    this.#files.set(name, file);
    return file;
  }

  #now(): string {
    return new Date(this.#unixMs()).toISOString();
  }
}
