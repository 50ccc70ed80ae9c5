// Data plane. What stands in one field of the table for people: a value, a collection in short, what is deleted or expired. Called by
// table-writer.ts; pure.
import { type CqlType, textOfValue } from '@scamander/cql-types';
import type { Cell, Column, ColumnData } from '../rows/model.ts';
import { NO_DELETION_TIME } from '../rows/model.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what would break a line
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;

const escaped = (character: string): string =>
  JSON.stringify(character)
    .slice(1, -1)
    .replace(/^[\u007f-\u009f]$/, '\u{fffd}');

/** Characters that take two columns of a terminal. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/gu;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII
const ASCII = /^[\u0000-\u007f]*$/;

/** Columns of a terminal that the text takes. */
export const widthOf = (text: string): number =>
  ASCII.test(text) ? text.length : Array.from(text).length + (text.match(WIDE)?.length ?? 0);

/** On one line, and not longer than so many characters. */
export const fieldText = (text: string, charsMax: number): string => {
  const short = text.length > 2 * charsMax ? text.slice(0, 2 * charsMax) : text;
  const line = short.replace(CONTROL, escaped);
  const characters = Array.from(line);
  if (characters.length <= charsMax && short.length === text.length) return line;
  return `${characters.slice(0, charsMax - 1).join('')}…`;
};

const stateOf = (cell: Cell, nowSeconds: number): 'live' | 'deleted' | 'expired' => {
  if (cell.localDeletionTime === NO_DELETION_TIME) return 'live';
  if (cell.ttl === 0) return 'deleted';
  return cell.localDeletionTime <= nowSeconds ? 'expired' : 'live';
};

const counterType = { kind: 'native', name: 'bigint' } as const;

const elementText = (type: CqlType, cell: Cell): string => {
  const path = cell.path ?? new Uint8Array(0);
  switch (type.kind) {
    case 'list':
      return textOfValue(type.element, cell.value);
    case 'set':
      return textOfValue(type.element, path);
    case 'map':
      return `${textOfValue(type.key, path)}: ${textOfValue(type.value, cell.value)}`;
    case 'udt': {
      const field = type.fields[((path[0] ?? 0) << 8) | (path[1] ?? 0)];
      return field === undefined ? '?' : `${field.name}: ${textOfValue(field.type, cell.value)}`;
    }
    default:
      return textOfValue(type, cell.value);
  }
};

/** Elements of a collection that are looked at: more would be cut anyway. */
const elements = (data: ColumnData, nowSeconds: number, charsMax: number): string => {
  const live = data.cells.filter((cell) => stateOf(cell, nowSeconds) === 'live');
  if (live.length === 0) return data.cells.length > 0 || data.deletion ? '(deleted)' : '';
  const shown = live.slice(0, charsMax).map((cell) => elementText(data.column.type, cell));
  const text = shown.join(', ');
  return data.column.type.kind === 'list' ? `[${text}]` : `{${text}}`;
};

const simpleText = (column: Column, cell: Cell): string => {
  const { type } = column;
  const isCounter = type.kind === 'native' && type.name === 'counter';
  return textOfValue(isCounter ? counterType : type, cell.value);
};

/** The field of a column. Collections that are not frozen show their living elements. */
export const columnText = (data: ColumnData, nowSeconds: number, charsMax: number): string => {
  if (data.column.isComplex) return elements(data, nowSeconds, charsMax);
  const cell = data.cells[0];
  if (cell === undefined) return '';
  const state = stateOf(cell, nowSeconds);
  return state === 'live' ? simpleText(data.column, cell) : `(${state})`;
};
