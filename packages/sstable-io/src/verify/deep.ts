// Data plane. Checks of partitions, index and filter against each other. Not written yet: a deep verification is a quick one so far.
import type { SSTableParts } from '../io/sstable-parts.ts';
import type { Findings } from './findings.ts';
export const checkDeep = async (_p: SSTableParts, _d: boolean, _f: Findings): Promise<void> => {};
