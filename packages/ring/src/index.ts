export type { Partitioner, Token, TokenRange } from './token.ts';
