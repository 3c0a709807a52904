/** What is said of every sample. */
import { expect } from '@jest/globals';
import type { SampleAnswer } from './sample.ts';

/** Signed in as that user, owning that. */
export function expectIdentity(
  { response }: SampleAnswer,
  userEntityRef: string,
  ownershipEntityRefs: string[],
): void {
  expect(response?.backstageIdentity?.identity).toEqual({ type: 'user', userEntityRef, ownershipEntityRefs });
}

/** Nobody is signed in: an error with that code, no identity, no session, and nothing of the address in the answer. */
export function expectRefusal({ response, error, cookies }: SampleAnswer, code: string): void {
  expect(error?.code).toBe(code);
  expect(response).toBeUndefined();
  expect(cookies.filter((name) => name.endsWith('refresh-token'))).toEqual([]);
  expect(JSON.stringify(error)).not.toContain('@');
}
