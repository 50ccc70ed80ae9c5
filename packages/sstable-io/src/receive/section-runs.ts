// Data plane. The sections of a stream as runs of a row source: which is next, and how much of it is left. Called by the sources of sections.
import type { RowRun } from '../rows/row-source.ts';
import type { Section } from '../types.ts';

/** Goes through ascending sections. */
export class SectionRuns {
  readonly totalBytes: number;
  readonly #sections: readonly Section[];
  #next = 0;
  /** Uncompressed position in the sender's Data.db of the byte that comes next … */
  position = 0;
  /** … and of the end of the section. */
  end = 0;

  constructor(sections: readonly Section[]) {
    this.#sections = sections;
    this.totalBytes = sections.reduce((sum, { lower, upper }) => sum + Number(upper - lower), 0);
  }

  /** Begins the next section. */
  nextRun(): RowRun | undefined {
    const section = this.#sections[this.#next];
    if (section === undefined) return undefined;
    this.#next += 1;
    this.position = Number(section.lower);
    this.end = Number(section.upper);
    return { position: this.position, end: this.end };
  }
}
