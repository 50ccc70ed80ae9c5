export { execute, run } from './main.ts';
