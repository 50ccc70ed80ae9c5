// Control plane. TOC.txt against the files that are there (spec: sstable-index-and-stats §1.5, §10 rule 1). Called by verification.
import { readToc } from '../directory/toc.ts';
import type { SSTableParts } from '../io/sstable-parts.ts';
import { componentKind } from '../naming/component-kind.ts';
import type { Findings } from './findings.ts';

/** Differences are warnings: nodes take the components from the folder. A required component that is missing fails the opening. */
export const checkToc = async (
  { files }: Pick<SSTableParts, 'files'>,
  findings: Findings,
): Promise<void> => {
  if (!files.has('TOC.txt')) {
    findings.warn('TOC.txt is missing');
    return;
  }
  const listed = await readToc(files.files.descriptor);
  if (listed._tag === 'Left') {
    findings.add(listed.left);
    return;
  }
  const names = listed.right ?? new Set<string>();
  for (const name of names) {
    if (!files.has(name)) findings.warn(`TOC.txt lists ${name}, which is not there`);
  }
  for (const name of files.files.components.keys()) {
    if (!names.has(name) && componentKind(name) !== 'CUSTOM') {
      findings.warn(`${name} is there, but TOC.txt does not list it`);
    }
  }
};
