export type { ComplianceSubject } from './pair.ts';
export { type ComplianceCase, transportCompliance } from './transport-compliance.ts';
