// Control plane: all cases, in the order in which they run and are shown. Called by main.ts and options.ts.
import type { Case } from './case.ts';
import { endToEndCase } from './end-to-end.ts';
import { memoryCase } from './memory.ts';
import { nodeToNodeCase } from './node-to-node.ts';
import { dumpCase, mergeCase, verifyCase } from './offline.ts';
import { offlineMemoryCase } from './offline-memory.ts';
import { pullMemoryCase } from './pull-memory.ts';
import { receiverCase } from './receiver.ts';
import { senderCase } from './sender.ts';
import { smallLoadCase } from './small-load.ts';
import { sstableloaderCase } from './sstableloader.ts';

export const allCases: readonly Case[] = [
  senderCase,
  receiverCase,
  endToEndCase,
  memoryCase,
  pullMemoryCase,
  smallLoadCase,
  sstableloaderCase,
  nodeToNodeCase,
  dumpCase,
  verifyCase,
  mergeCase,
  offlineMemoryCase,
];
