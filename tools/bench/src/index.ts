export { aimResults } from './report/aims.ts';
export { renderPage } from './report/page.ts';
export { parseResults, type Results } from './report/results.ts';
