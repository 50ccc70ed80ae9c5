// Control plane. Which sets of files a node would open (spec: sstable-index-and-stats §8.1). Called by discovery. Pure.
import { SSTableError } from '../errors.ts';
import { componentPath } from '../naming/file-name.ts';
import type { SSTableFiles, SSTableFormat } from '../types.ts';

/** Components without which an SSTable can't be opened. */
export const REQUIRED_COMPONENTS: Readonly<Record<SSTableFormat, readonly string[]>> = {
  big: ['Data.db', 'Index.db', 'Statistics.db'],
  // nodes open one without Rows.db and then fail on wide partitions; every writer writes it, of length 0 at least
  bti: ['Data.db', 'Partitions.db', 'Rows.db', 'Statistics.db'],
};

/** What is missing: `fatal` keeps the SSTable out, `remarks` are named beside it. */
export interface Completeness {
  readonly fatal: SSTableError | undefined;
  readonly remarks: readonly SSTableError[];
}

const missing = (files: SSTableFiles, component: string, why: string): SSTableError =>
  new SSTableError({
    code: 'SCM_SSTABLE_MISSING_COMPONENT',
    file: componentPath(files.descriptor, 'Data.db'),
    component,
    why,
  });

/**
 * Compares the files found with what the format needs and with what TOC.txt lists.
 *
 * Nodes take the component set from the folder; TOC.txt decides only that a missing CompressionInfo.db is fatal (§1.5 a). Other files
 * that it lists in vain can be rebuilt or are only checks, so the SSTable stays and the missing file is named.
 */
export const checkCompleteness = (
  files: SSTableFiles,
  toc: ReadonlySet<string> | undefined,
): Completeness => {
  const dataBytes = files.components.get('Data.db');
  if (dataBytes === undefined)
    return { fatal: missing(files, 'Data.db', 'the other files are orphans'), remarks: [] };
  if (dataBytes === 0)
    return {
      fatal: missing(files, 'Data.db', 'it has length 0, the other files are orphans'),
      remarks: [],
    };
  for (const component of REQUIRED_COMPONENTS[files.descriptor.format])
    if (!files.components.has(component))
      return { fatal: missing(files, component, 'it can not be read without'), remarks: [] };
  const listedInVain = [...(toc ?? [])].filter((name) => !files.components.has(name));
  if (listedInVain.includes('CompressionInfo.db'))
    return {
      fatal: missing(files, 'CompressionInfo.db', 'TOC.txt lists it: the data is compressed'),
      remarks: [],
    };
  return {
    fatal: undefined,
    remarks: listedInVain.map((name) =>
      missing(files, name, 'TOC.txt lists it; the SSTable can be used without'),
    ),
  };
};
