// Data plane. Bytes of an accepted TLS connection, decrypted into one recycled slab instead of a new buffer for every record, which the
// collector would have to fetch. Called by the TLS transport. Reads ahead not more than the slab holds.
//
// Node can do that for sockets that it makes for us (`onread`), but an accepted TLS socket is made by its server, which passes no such option
// on; so the fields are set that `onread` sets. Where a Node has others, `attach` gives nothing, and BufferedIntake does it.
import type { Socket } from 'node:net';
import { TLS_SLAB_AHEAD_BYTES, TLS_SLAB_BYTES, TLS_SLAB_PIECE_BYTES } from '../limits.ts';
import type { Intake } from './intake.ts';

/** Bytes in the slab that were not given yet, or are lent. */
type Region = { readonly slab: Buffer; readonly start: number; end: number };

/** Shorter than this is a message, not a file. */
const QUIET_BYTES = 4096;

type Internals = {
  readonly fields: Record<symbol, unknown>;
  readonly buffer: symbol;
  readonly callback: symbol;
  readonly generate: symbol;
  readonly useUserBuffer: (buffer: Uint8Array) => void;
};

const internalsOf = (socket: Socket): Internals | undefined => {
  const symbols = Object.getOwnPropertySymbols(socket);
  const named = (name: string): symbol | undefined =>
    symbols.find(({ description }) => description === name);
  const [buffer, callback, generate] = ['kBuffer', 'kBufferCb', 'kBufferGen'].map(named);
  const handle = (socket as { _handle?: { useUserBuffer?: unknown } | null })._handle;
  const use = handle?.useUserBuffer;
  if (buffer === undefined || callback === undefined || generate === undefined) return undefined;
  if (typeof use !== 'function') return undefined;
  return {
    fields: socket as unknown as Record<symbol, unknown>,
    buffer,
    callback,
    generate,
    useUserBuffer: (bytes) => {
      use.call(handle, bytes);
    },
  };
};

/** See the file's first lines. */
export class SlabIntake implements Intake {
  readonly exact = false;
  deliver: (bytes: Uint8Array) => void = () => undefined;
  #slab = Buffer.allocUnsafeSlow(TLS_SLAB_BYTES);
  /** In the order in which they came. */
  readonly #pending: Region[] = [];
  #lent: Region | undefined;
  /** Where the next bytes go. */
  #at = 0;
  #wanted = false;
  #flushing = false;

  /** Takes over the reading of a socket that is connected. Undefined where this Node does not allow it. */
  static attach(socket: Socket): SlabIntake | undefined {
    const internals = internalsOf(socket);
    if (internals === undefined) return undefined;
    const intake = new SlabIntake();
    for (let early = socket.read(); early !== null; early = socket.read())
      intake.#takeEarly(early as Uint8Array);
    const { fields, buffer, callback, generate, useUserBuffer } = internals;
    const next = (): Uint8Array => intake.#room();
    fields[buffer] = next();
    fields[generate] = next;
    fields[callback] = (bytes: number) => intake.#came(bytes);
    useUserBuffer(fields[buffer] as Uint8Array);
    return intake;
  }

  get hasBytes(): boolean {
    return this.#pending.length > 0;
  }

  want(socket: Socket): void {
    this.#lent = undefined;
    this.#wanted = true;
    if (this.#pending.length > 0) this.#flush();
    // Reads on where the slab had been full.
    if (this.#usedBytes() < TLS_SLAB_AHEAD_BYTES) socket.read(0);
  }

  /** Bytes that Node had decrypted before the slab was there. */
  #takeEarly(bytes: Uint8Array): void {
    if (this.#at + bytes.length > this.#slab.length) this.#at = this.#newSlab(bytes.length);
    this.#slab.set(bytes, this.#at);
    this.#came(bytes.length);
  }

  /** So many bytes are where they were to go. False: no more for now. */
  #came(bytes: number): boolean {
    const last = this.#pending.at(-1);
    const end = this.#at + bytes;
    if (last?.slab === this.#slab && last.end === this.#at) last.end = end;
    else this.#pending.push({ slab: this.#slab, start: this.#at, end });
    this.#at = this.#nextPlace(end);
    // What comes in the same turn of the event loop is given together.
    if (!this.#flushing && this.#wanted) {
      this.#flushing = true;
      setImmediate(() => {
        this.#flushing = false;
        this.#flush();
      });
    }
    return this.#usedBytes() < TLS_SLAB_AHEAD_BYTES;
  }

  #flush(): void {
    if (!this.#wanted) return;
    const region = this.#pending.shift();
    if (region === undefined) return;
    this.#wanted = false;
    this.#lent = region;
    this.deliver(region.slab.subarray(region.start, region.end));
  }

  #usedBytes(): number {
    const lentBytes = this.#lent === undefined ? 0 : this.#lent.end - this.#lent.start;
    return this.#pending.reduce((sum, { start, end }) => sum + end - start, lentBytes);
  }

  /** Regions of the slab that is being filled. */
  #used(): readonly Region[] {
    const all = this.#lent === undefined ? this.#pending : [this.#lent, ...this.#pending];
    return all.filter(({ slab }) => slab === this.#slab);
  }

  /** Free bytes from a place on, which lies in no region. */
  #freeFrom(place: number): number {
    const starts = this.#used().filter(({ end }) => end > place);
    return Math.min(this.#slab.length, ...starts.map(({ start }) => start)) - place;
  }

  /** Low in the slab where there is room, so that a quiet connection touches little of it; else behind what came. */
  #nextPlace(end: number): number {
    const [first] = this.#pending;
    const isQuiet =
      this.#lent === undefined && first?.end === end && end - first.start < QUIET_BYTES;
    const behind = this.#used().map((region) => region.end);
    const places = isQuiet ? [0, ...behind] : [end, 0, ...behind];
    return (
      places.find((place) => this.#freeFrom(place) >= TLS_SLAB_PIECE_BYTES) ??
      this.#newSlab(TLS_SLAB_BYTES)
    );
  }

  /** More came at once than there was room for. What is in the old one stays until it was given. */
  #newSlab(bytes: number): number {
    this.#slab = Buffer.allocUnsafeSlow(Math.max(bytes, TLS_SLAB_BYTES));
    return 0;
  }

  #room(): Uint8Array {
    return this.#slab.subarray(this.#at, this.#at + this.#freeFrom(this.#at));
  }
}
