// A process that starts a node and says where; lifecycle.test.ts kills it. Not a test itself.
import { parseRelease, startNode } from '../src/index.ts';

const release = parseRelease(process.argv[2] ?? '');
const node = await startNode({ version: release.version, yaml: release.yaml });
setInterval(() => undefined, 1_000);
console.log(JSON.stringify({ address: node.address, folder: node.folder }));
