// Control plane. One JSON object a line on stdout, for --json. Called by every command that emits events.
import type { ProgressEvent } from './progress-event.ts';

const plain = (_key: string, value: unknown): unknown => {
  if (typeof value === 'bigint')
    return value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER
      ? Number(value)
      : String(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (value instanceof Map) return Object.fromEntries(value);
  if (value instanceof Error) return { name: value.name, message: value.message };
  return value;
};

/** Text of one line: big numbers as numbers while they are exact, else as text; bytes as hex. */
export const jsonLine = (value: unknown): string => `${JSON.stringify(value, plain)}\n`;

/** Text of one event. The bytes of a chunk stay out: they are valid during the call only, and a line of hex helps nobody. */
export const eventLine = (event: ProgressEvent): string =>
  jsonLine(
    event.type === 'FileChunk' ? { ...event, chunk: { ...event.chunk, bytes: undefined } } : event,
  );
