/** What people are told, and what is for whoever runs the portal. */
import { describe, expect, it } from '@jest/globals';
import { signInCodes } from './signInCodes.ts';

/** Sentences of Backstage's, which its front ends and ours show word for word. */
const ofBackstage = ['ERR_AUTH_ENV_MISSING', 'ERR_GUEST_NOT_ALLOWED', 'ERR_AUTH_REDIRECT_URL_MISSING'];

describe('a sentence for the person', () => {
  it.each(Object.entries(signInCodes))('of %s names nothing that only an operator knows', (code, entry) => {
    expect(entry.sentence).not.toBe(entry.operator);
    expect(entry.operator).not.toBe('');
    if (ofBackstage.includes(code)) return;
    // Keys of the config, variables, files, members of answers, statuses and addresses.
    expect(entry.sentence.replaceAll('GitHub', '')).not.toMatch(
      /\b(?:auth|app|backend|discovery)\.\w|[A-Z]+_[A-Z_]+|\.(?:ya?ml|log)\b|[a-z]+_[a-z]|[a-z][A-Z]|\blog\b|\d{3}|:\/\//,
    );
  });
});
