// Data plane: reads every row and cell of an SSTable as a process: DATA_FILE. Prints one JSON line like the ruler. Bundled and started by the cases.
import { discover, openSSTable } from '@scamander/sstable-io';
import { reportMoved, rightOrThrow } from './reporting.ts';

const [file = ''] = process.argv.slice(2);
const startMs = performance.now();
const { tables } = await discover([file]);
const files = tables[0]?.sstables[0];
if (files === undefined) throw new Error(`${file}: no SSTable`);
const sstable = rightOrThrow(await openSSTable(files));
const reader = rightOrThrow(await sstable.rows());
while ((await reader.nextPartition()) !== undefined) while ((await reader.nextBatch()).length > 0);
await reader.close();
await sstable.close();
reportMoved('read', Number(sstable.dataLengthBytes), startMs);
