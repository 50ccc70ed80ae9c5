// Control plane. Which components must be there to read an SSTable at all (spec: sstable-index-and-stats §8.1). Called when one is opened.
import { SSTableError } from '../errors.ts';
import type { ComponentFiles } from '../io/component-files.ts';
import type { SSTableFormat } from '../types.ts';

const REQUIRED: Readonly<Record<SSTableFormat, readonly (readonly [string, string])[]>> = {
  big: [
    ['Data.db', 'it holds the rows'],
    ['Statistics.db', 'rows can’t be decoded without its header'],
    ['Index.db', 'it says where partitions are'],
  ],
  bti: [
    ['Data.db', 'it holds the rows'],
    ['Statistics.db', 'rows can’t be decoded without its header'],
    ['Partitions.db', 'it says where partitions are'],
    ['Rows.db', 'it says where rows of wide partitions are'],
  ],
};

/** An SSTableError of code `SCM_SSTABLE_MISSING_COMPONENT`. */
export const missing = (files: ComponentFiles, component: string, why: string): SSTableError =>
  new SSTableError({
    code: 'SCM_SSTABLE_MISSING_COMPONENT',
    file: files.path(component),
    component,
    why,
  });

/** Throws for the first required component that the folder lacks. */
export const checkRequired = (files: ComponentFiles): void => {
  for (const [component, why] of REQUIRED[files.files.descriptor.format]) {
    if (!files.has(component)) throw missing(files, component, why);
  }
};
