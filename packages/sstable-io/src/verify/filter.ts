// Data plane. Filter.db against the keys (spec: sstable-data §10, pitfall 20; sstable-index-and-stats pitfall P25). Called by verification.
// A filter that is wrong hides rows from reads by key, and nodes do not check it: what is found here decides whether it is sent.

import type { VersionFeatures } from '../components/version.ts';
import { FilterSegment, filterMayContain, readFilterLayout } from '../filter/bloom-filter.ts';
import { attempt, corrupt } from '../io/decoding.ts';
import type { SSTableParts } from '../io/sstable-parts.ts';
import { FILTER_SAMPLE_KEYS, FILTER_SEGMENT_BYTES } from '../limits.ts';
import type { Findings } from './findings.ts';

/** What a filter is compared with. */
type FilteredParts = Pick<SSTableParts, 'files' | 'features' | 'index'>;

const missed = (path: string, key: Uint8Array) =>
  corrupt(
    path,
    undefined,
    `no bits of key ${Buffer.from(key).toString('hex').slice(0, 80)}`,
    'every key of the SSTable',
  );

/** Layout, both boundary keys and the first keys of the index. */
const checkSample = async (
  parts: FilteredParts,
  features: Pick<VersionFeatures, 'hasOldBfFormat' | 'hasOldBfHashOrder' | 'hasMurmur2Bf'>,
): Promise<void> => {
  const paged = await parts.files.paged('Filter.db');
  const layout = await readFilterLayout(paged, features);
  const check = async (key: Uint8Array) => {
    if (!(await filterMayContain(paged, layout, key))) throw missed(paged.path, key);
  };
  await check(parts.index.firstKey);
  await check(parts.index.lastKey);
  let left = FILTER_SAMPLE_KEYS;
  for await (const { key } of parts.index.keys()) {
    if (left-- === 0) return;
    await check(key);
  }
};

/** Early 4.0 wrote `na` files with the bit order of 3.x, which no release reads rightly (sstable-data pitfall 20). */
const isInOldOrder = async (parts: FilteredParts): Promise<boolean> => {
  if (parts.features.hasOldBfFormat) return false;
  const sample = await attempt(parts.files.path('Filter.db'), () =>
    checkSample(parts, { hasOldBfFormat: true }),
  );
  return sample._tag === 'Right';
};

/** Makes the filter anew of all keys, segment by segment. Bits too many are a warning: they cost reads, not rows. */
const checkEveryKey = async (parts: FilteredParts, findings: Findings): Promise<void> => {
  const paged = await parts.files.paged('Filter.db');
  const layout = await readFilterLayout(paged, parts.features);
  let surplusBits = 0;
  for (let start = 0; start < layout.bitsBytes; start += FILTER_SEGMENT_BYTES) {
    const segment = await FilterSegment.load(paged.file, layout, start, FILTER_SEGMENT_BYTES);
    let keys = 0;
    for await (const { key } of parts.index.keys()) {
      if (!segment.add(key)) throw missed(paged.path, key);
      if ((++keys & 0xfff) === 0) findings.read(0);
    }
    surplusBits += segment.difference().surplusBits;
  }
  if (surplusBits > 0) {
    findings.warn(`Filter.db has ${surplusBits} bits that no key of the SSTable sets`);
  }
};

/** Sets whether the filter may be sent; what is wrong with it is a warning, since an SSTable without filter is sound. */
export const checkFilter = async (
  parts: FilteredParts,
  everyKey: boolean,
  findings: Findings,
): Promise<void> => {
  const listedBytes = parts.files.files.components.get('Filter.db');
  if (listedBytes === undefined || listedBytes === 0) {
    if (listedBytes === 0) findings.warn('Filter.db is empty: 4.x refuses to open it');
    return;
  }
  findings.isFilterTrusted = await findings.checkSoftly(
    'Filter.db can’t be trusted',
    parts.files.path('Filter.db'),
    async () => {
      await checkSample(parts, parts.features);
      if (everyKey) await checkEveryKey(parts, findings);
    },
  );
  if (!findings.isFilterTrusted && (await isInOldOrder(parts))) {
    findings.warn('Filter.db is in the bit order of 3.x, though its version says otherwise');
  }
};
