// Control plane. Where text goes: results to stdout, news to stderr. Handed to every command, so that tests can listen.
import type { Writable } from 'node:stream';

/** The streams and habits of the place the command runs in. */
export interface Terminal {
  readonly stdout: Writable;
  readonly stderr: Writable & { readonly isTTY?: boolean };
  /** Colours are wanted (a terminal, no NO_COLOR, no --no-color). */
  readonly color: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly json: boolean;
}

/** A line of a result. */
export const say = (terminal: Terminal, text: string): void => {
  terminal.stdout.write(`${text}\n`);
};

/** A line of news; nothing with --quiet. */
export const tell = (terminal: Terminal, text: string): void => {
  if (!terminal.quiet) terminal.stderr.write(`${text}\n`);
};

/** An error is shown whatever --quiet says. */
export const complain = (terminal: Terminal, text: string): void => {
  terminal.stderr.write(`${text}\n`);
};
