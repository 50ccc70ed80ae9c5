// The repository checks itself: layers, project references, readmes, file sizes, dead files. Called by `npm run lint` and by tests.
// Prints every finding and exits 1 when there is one. Reads files only.
import { checkLayers } from './layers.ts';
import { checkTidiness } from './tidy.ts';
import { readWorkspace } from './workspace.ts';

const workspace = readWorkspace(process.cwd());
const findings = [...checkLayers(workspace), ...checkTidiness(workspace)];
for (const finding of findings) console.error(`FAIL ${finding}`);
console.log(`checks: ${workspace.packages.length} packages, ${findings.length} findings`);
if (findings.length > 0 || workspace.packages.length === 0) process.exitCode = 1;
