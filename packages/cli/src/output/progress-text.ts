// Control plane. Progress in words: one line, one bar, one JSON object. Called by the views of progress; pure.
import type { BoundVerdict } from '@scamander/scamander';
import type { Progress } from './meter.ts';
import { sizeText } from './sizes.ts';

const BAR_CHARACTERS = 24;

/** A transfer as it is shown. */
export interface ShownProgress extends Progress {
  readonly bound: BoundVerdict;
}

/** `0:23`, `12:05`, `1:02:03`. */
export const etaText = (seconds: number): string => {
  const whole = Math.ceil(seconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const last = two(whole % 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${last}` : `${minutes}:${last}`;
};

/** `812.0 MiB of 3.1 GiB, 104.0 MiB/s, ETA 0:23`; what nobody knows is left out. */
export const progressText = (progress: Progress): string => {
  const { bytes, totalBytes, bytesPerSecond, etaSeconds } = progress;
  const parts = [
    totalBytes === undefined ? sizeText(bytes) : `${sizeText(bytes)} of ${sizeText(totalBytes)}`,
  ];
  if (bytesPerSecond !== undefined) parts.push(`${sizeText(Math.round(bytesPerSecond))}/s`);
  if (etaSeconds !== undefined && etaSeconds > 0) parts.push(`ETA ${etaText(etaSeconds)}`);
  return parts.join(', ');
};

/** {@link progressText} with what bounds it. */
export const boundText = (shown: ShownProgress): string => {
  const { boundBy, peer } = shown.bound;
  if (boundBy === undefined) return progressText(shown);
  return `${progressText(shown)}, bounded by ${boundBy}${peer === undefined ? '' : ` ${peer}`}`;
};

/** `[=====-----]  50% `, as full as the bytes are; empty where the total is not known. 100 % is said when all is moved, not before. */
export const barText = ({ bytes, totalBytes }: Progress): string => {
  if (totalBytes === undefined || totalBytes === 0) return '';
  const share = Math.min(1, bytes / totalBytes);
  const full = Math.floor(share * BAR_CHARACTERS);
  const percent = String(Math.floor(share * 100)).padStart(3);
  return `[${'='.repeat(full)}${'-'.repeat(BAR_CHARACTERS - full)}] ${percent}% `;
};

/** The object of `--json`; the numbers are whole, and null is what nobody knows. */
export const progressObject = (shown: ShownProgress) => ({
  type: 'Progress',
  bytes: shown.bytes,
  totalBytes: shown.totalBytes ?? null,
  bytesPerSecond: shown.bytesPerSecond === undefined ? null : Math.round(shown.bytesPerSecond),
  etaSeconds: shown.etaSeconds === undefined ? null : Math.ceil(shown.etaSeconds),
  boundBy: shown.bound.boundBy ?? null,
  ...(shown.bound.peer === undefined ? {} : { boundPeer: shown.bound.peer }),
});
