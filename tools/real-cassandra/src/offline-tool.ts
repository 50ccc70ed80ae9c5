// Control plane: runs a tool of a release that needs no node, such as sstabledump, with the configuration of a node that never starts.
// Called by lanes that compare what we say about files with what the release says.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveRelease } from './class-path.ts';
import { runTool, type ToolName, type ToolResult, toolClasses } from './java-tool.ts';
import { writeNodeFiles } from './node-files.ts';
import { settingsOf } from './node-options.ts';
import type { Release } from './release.ts';

/** Exit code and both outputs of the tool. Files are given by absolute paths. */
export const runOfflineTool = async (
  { version, yaml }: Pick<Release, 'version' | 'yaml'>,
  tool: ToolName,
  ...args: readonly string[]
): Promise<ToolResult> => {
  const { jars } = await resolveRelease(version);
  const folder = mkdtempSync(join(tmpdir(), `scamander-${tool}-`));
  try {
    const settings = settingsOf({ version, yaml }, '127.0.0.1');
    writeNodeFiles(settings, folder);
    const { heapMb } = settings;
    return await runTool({
      jars,
      folder,
      heapMb,
      options: [],
      mainClass: toolClasses[tool],
      arguments: args,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
