// Digests one file in the worker and prints what it comes to; the idle worker must not keep it alive. Not a test by itself; run by
// digest-worker.test.ts as it is, and bundled.
//
// argv: PATH
import { digestInWorker } from '../../src/receipt/digest-jobs.ts';

const [path = ''] = process.argv.slice(2);
console.log(JSON.stringify(await digestInWorker({ path })));
