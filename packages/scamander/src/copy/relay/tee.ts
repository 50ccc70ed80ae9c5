// Data plane. One stream of bytes to several replicas at once, without a copy: every piece is lent to all of them, and the next one is asked for
// when the last of them is done with it. Called by the relay of one file; keeps nothing.
import { RelayError } from './relay-error.ts';

/** Bytes that are lent until the next call, and what they count for. */
export interface TeePiece {
  readonly bytes: Uint8Array;
  /** What a file's size counts: the bytes themselves, or those before compression. */
  readonly countedBytes: number;
}

const GIVEN_UP = 'the replica was given up';

/** The end of one replica. */
export class TeeBranch {
  readonly #doneWith: () => void;
  readonly #onDrop: () => void;
  #offered: TeePiece | null | undefined;
  #inHand = false;
  #dropped: Error | undefined;
  #wanted: { give: (piece: TeePiece | null) => void; fail: (error: Error) => void } | undefined;
  /** Until the network let go of the piece that was taken last. */
  #letGo: Promise<unknown> = Promise.resolve();

  constructor(doneWith: () => void, onDrop: () => void) {
    this.#doneWith = doneWith;
    this.#onDrop = onDrop;
  }

  /** The next piece, lent until the next call; null after the last one. Rejects when the branch is dropped. */
  next(): Promise<TeePiece | null> {
    this.#giveBack();
    return new Promise((give, fail) => {
      if (this.#dropped !== undefined) return fail(this.#dropped);
      this.#wanted = { give, fail };
      this.#serve();
    });
  }

  /** A piece is offered or in hand. */
  get owes(): boolean {
    return this.#inHand || this.#offered !== undefined;
  }

  /** Bytes of the piece in hand are on their way to the network until then: it is not given back before, whatever happens. */
  lent(until: Promise<unknown>): void {
    this.#letGo = until.catch(() => undefined);
  }

  /** No more for this replica; safe to call at any time, also twice. */
  drop(error: Error = new RelayError('SCM_COPY_GIVEN_UP', GIVEN_UP)): void {
    if (this.#dropped !== undefined) return;
    this.#dropped = error;
    this.#onDrop();
    this.#wanted?.fail(error);
    this.#wanted = undefined;
    const { owes } = this;
    this.#inHand = false;
    this.#offered = undefined;
    if (owes) void this.#letGo.then(() => this.#doneWith());
  }

  /** Called by the tee. */
  offer(piece: TeePiece | null): void {
    if (this.#dropped !== undefined) {
      this.#doneWith();
      return;
    }
    this.#offered = piece;
    this.#serve();
  }

  #serve(): void {
    if (this.#offered === undefined || this.#wanted === undefined) return;
    const { give } = this.#wanted;
    const piece = this.#offered;
    this.#wanted = undefined;
    this.#offered = undefined;
    this.#inHand = true;
    give(piece);
    if (piece === null) this.#giveBack();
  }

  #giveBack(): void {
    if (!this.#inHand) return;
    this.#inHand = false;
    this.#doneWith();
  }
}

/** See the head of this file. */
export class Tee {
  readonly #branches = new Set<TeeBranch>();
  #owed = 0;
  #allBack: () => void = () => undefined;

  /** One more replica; before the first piece. */
  branch(): TeeBranch {
    const branch: TeeBranch = new TeeBranch(
      () => this.#back(),
      () => this.#branches.delete(branch),
    );
    this.#branches.add(branch);
    return branch;
  }

  /** Replicas that still take bytes. */
  get size(): number {
    return this.#branches.size;
  }

  /** Replicas that have a piece, and have not asked for the next one. */
  get holding(): readonly TeeBranch[] {
    return [...this.#branches].filter((branch) => branch.owes);
  }

  /** Lends the bytes to every replica; resolves when none of them needs them any more. Rejects when no replica is left. */
  async push(bytes: Uint8Array, countedBytes: number): Promise<void> {
    if (this.size > 0) await this.#lend({ bytes, countedBytes });
    if (this.size === 0)
      throw new RelayError('SCM_COPY_NO_REPLICA', 'no replica is left that takes the file');
  }

  /** Nothing more comes. Resolves when every replica knows. */
  async end(): Promise<void> {
    if (this.size > 0) await this.#lend(null);
  }

  /** Drops every replica. */
  fail(error: Error): void {
    for (const branch of [...this.#branches]) branch.drop(error);
  }

  #lend(piece: TeePiece | null): Promise<void> {
    const branches = [...this.#branches];
    this.#owed += branches.length;
    return new Promise((resolve) => {
      this.#allBack = resolve;
      for (const branch of branches) branch.offer(piece);
    });
  }

  #back(): void {
    this.#owed -= 1;
    if (this.#owed === 0) this.#allBack();
  }
}
