// Data plane. Times straight into the text of a dump: what timeText says of them, without a string for each. Called by the JSON writer for every row
// and for cells with times of their own.
import { NO_DELETION_TIME } from '../rows/model.ts';
import { type Piece, piece, type TextBuffer } from './text-buffer.ts';
import { type TimestampStyle, type TimeText, timeText } from './times.ts';

const DAY_SECONDS = 86_400;
/** Day, time and a fraction of six digits. */
const INSTANT_BYTES = 32;
const MICROS_OF_SECOND = 1_000_000;
const T = 0x54;
const Z = 0x5a;
const COLON = 0x3a;
const DOT = 0x2e;
/** Numbers below are exact, and years have four digits. */
const EXACT_MICROS_MAX = 2 ** 53 - 1;
const SECONDS_MAX = 253_402_300_799;

/** Prints times of one style; the text of the last day is kept. */
export class TimePrinter {
  readonly #isRaw: boolean;
  readonly #slow: TimeText;
  #day = Number.NaN;
  #dayPiece: Piece = piece('');

  constructor(style: TimestampStyle) {
    this.#isRaw = style === 'raw';
    this.#slow = timeText(style);
  }

  /** A timestamp in microseconds. */
  micros(out: TextBuffer, timestamp: bigint): void {
    const micros = Number(timestamp);
    if (!(micros >= 0 && micros <= EXACT_MICROS_MAX)) out.ascii(this.#slow.micros(timestamp));
    else if (this.#isRaw) out.integer(micros);
    else this.#instant(out, micros);
  }

  /** A local deletion or expiration time in seconds. */
  seconds(out: TextBuffer, time: number): void {
    if (time === NO_DELETION_TIME || time < 0 || time > SECONDS_MAX)
      out.ascii(this.#slow.seconds(time));
    else if (this.#isRaw) out.integer(time);
    else {
      out.reserve(INSTANT_BYTES);
      this.#second(out, time);
      out.byte(Z);
    }
  }

  #instant(out: TextBuffer, micros: number): void {
    const seconds = Math.floor(micros / MICROS_OF_SECOND);
    const fraction = (micros - seconds * MICROS_OF_SECOND) | 0;
    out.reserve(INSTANT_BYTES);
    this.#second(out, seconds);
    if (fraction !== 0) {
      const millis = (fraction / 1000) | 0;
      const rest = fraction - 1000 * millis;
      out.byte(DOT);
      out.threeDigits(millis);
      if (rest !== 0) out.threeDigits(rest);
    }
    out.byte(Z);
  }

  #second(out: TextBuffer, seconds: number): void {
    const day = Math.floor(seconds / DAY_SECONDS);
    if (day !== this.#day) {
      this.#day = day;
      this.#dayPiece = piece(new Date(day * DAY_SECONDS * 1000).toISOString().slice(0, 10));
    }
    const inDay = (seconds - day * DAY_SECONDS) | 0;
    const minutes = (inDay / 60) | 0;
    const hours = (minutes / 60) | 0;
    out.put(this.#dayPiece);
    out.byte(T);
    out.twoDigits(hours);
    out.byte(COLON);
    out.twoDigits(minutes - 60 * hours);
    out.byte(COLON);
    out.twoDigits(inDay - 60 * minutes);
  }
}
