// Control plane. The section list of a stream header (spec: streaming-4.0-plus §3, fields 4 and 5). Called by stream-header.ts.
import type { ByteReader, ByteWriter } from '@scamander/bytes';
import { FILE_BYTES_MAX, SECTION_COUNT_MAX } from '../../limits.ts';
import { fail, readCount, readList } from '../../reading.ts';
import type { StreamSection } from '../types.ts';

// Sections => sectionCount (lower upper)*
//   sectionCount  i32
//   lower, upper  i64   half-open, positions in the uncompressed Data.db, ascending, disjoint

const SECTION_BYTES = 16;

export const putSections = (out: ByteWriter, sections: readonly StreamSection[]): void => {
  out.i32(sections.length);
  for (const { lower, upper } of sections) {
    out.i64(lower);
    out.i64(upper);
  }
};

const readPosition = (reader: ByteReader, field: string, atLeast: bigint): bigint => {
  const offset = reader.position;
  const value = reader.i64();
  if (value > FILE_BYTES_MAX)
    fail({ code: 'SCM_WIRE_TOO_LONG', field, value, limit: FILE_BYTES_MAX, offset });
  // "ascending, disjoint": sections out of order end in SESSION_FAILED on real nodes (§4.1).
  if (value < atLeast)
    fail({
      code: 'SCM_WIRE_BAD_VALUE',
      field,
      found: `${value}`,
      expected: `${atLeast} or more: sections ascend and don't overlap`,
      offset,
    });
  return value;
};

/**
 * Passes over the list and returns what reads it: a header that is still incomplete behind a long list costs nothing to try
 * again.
 */
export const readSectionsLater = (reader: ByteReader): (() => readonly StreamSection[]) => {
  const count = readCount(reader, 'sectionCount', SECTION_COUNT_MAX, SECTION_BYTES);
  const start = reader.position;
  reader.skip(count * SECTION_BYTES);
  return () => {
    const after = reader.position;
    reader.position = start;
    let previous = 0n;
    const sections = readList(count, () => {
      const lower = readPosition(reader, 'section lower', previous);
      previous = readPosition(reader, 'section upper', lower);
      return { lower, upper: previous };
    });
    reader.position = after;
    return sections;
  };
};
