import { domainToASCII } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isVerifiedEmail, normalizeDomain, parseEmail, withoutSubAddress } from './email.ts';

const atext = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+/=?^_`{|}~-"];
const label = fc
  .string({ unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz0123456789-'), minLength: 1, maxLength: 12 })
  .filter((text) => !/^-|-$|^xn--/.test(text));
const domain = fc
  .array(label, { minLength: 1, maxLength: 4 })
  .map((labels) => labels.join('.'))
  .filter((text) => !/^[\d.]+$|\.\d+$|\.0x/.test(text));
const localPart = fc
  .array(fc.string({ unit: fc.constantFrom(...atext), minLength: 1, maxLength: 8 }), {
    minLength: 1,
    maxLength: 3,
  })
  .map((atoms) => atoms.join('.'));

describe('an e-mail address', () => {
  it.each([
    ['jane@example.com', 'jane', 'example.com'],
    ['Jane.Doe+news@Example.COM', 'Jane.Doe+news', 'example.com'],
    ["o'brien@example.com", "o'brien", 'example.com'],
    ['jane@localhost', 'jane', 'localhost'],
    ['jane@münchen.de', 'jane', 'xn--mnchen-3ya.de'],
    ['jane@MÜNCHEN.de', 'jane', 'xn--mnchen-3ya.de'],
    ['jane@xn--mnchen-3ya.de', 'jane', 'xn--mnchen-3ya.de'],
    ['josé@example.com', 'josé', 'example.com'],
    ['用户@例子.中国', '用户', 'xn--fsqu00a.xn--fiqs8s'],
  ])('%s is split into its parts', (address, local, host) => {
    expect(parseEmail(address)).toEqual({ address, localPart: local, domain: host });
  });

  it.each([
    ['', 'nothing'],
    ['jane', 'no @'],
    ['@example.com', 'no local part'],
    ['jane@', 'no domain'],
    ['jane@evil.com@example.com', 'two @'],
    ['jane doe@example.com', 'a space'],
    [' jane@example.com', 'a space before'],
    ['jane@example.com ', 'a space after'],
    ['jane\u00a0@example.com', 'a no-break space'],
    ['jane@example.com\n', 'a line break'],
    ['jane\0@example.com', 'a NUL'],
    ['jane\u200b@example.com', 'an invisible character'],
    ['jane\u202e@example.com', 'a direction override'],
    ['jane,kind=group@example.com', 'a comma'],
    ['jane@example.com,kind=group', 'a comma in the domain'],
    ['"jane"@example.com', 'quotes'],
    ['"a b"@example.com', 'a quoted local part'],
    ['jane(comment)@example.com', 'a comment'],
    ['<jane@example.com>', 'angle brackets'],
    ['Jane <jane@example.com>', 'a display name'],
    ['jane@[127.0.0.1]', 'an address literal'],
    ['jane@exa mple.com', 'a space in the domain'],
    ['jane@exa_mple.com', 'an underscore in the domain'],
    ['jane@-example.com', 'a hyphen at the start of a label'],
    ['jane@example..com', 'an empty label'],
    ['jane@example.com.', 'a dot at the end'],
    ['jane@.example.com', 'a dot at the start'],
    ['.jane@example.com', 'a dot at the start of the local part'],
    ['ja..ne@example.com', 'two dots in a row'],
    ['jane@ｅxample.com', 'a full-width letter that maps to a plain one'],
    ['jane@example。com', 'an ideographic full stop'],
    ['jane@exam\u00adple.com', 'a soft hyphen'],
    ['jane@example.com/x', 'a path'],
    ['jane@example.com:25', 'a port'],
    ['jane@ex%61mple.com', 'percent encoding'],
    [`${'j'.repeat(243)}@example.com`, '255 octets'],
    [`${'é'.repeat(122)}@example.com`, 'more than 254 octets in fewer characters'],
  ])('%j is none: %s', (address) => {
    expect(parseEmail(address)).toBeUndefined();
  });

  it.each([undefined, null, 7, true, {}, ['jane@example.com'], { toString: () => 'jane@example.com' }])(
    'is text, not %p',
    (value) => {
      expect(parseEmail(value)).toBeUndefined();
    },
  );

  it('may have 254 octets', () => {
    expect(parseEmail(`${'j'.repeat(242)}@example.com`)).toBeDefined();
  });

  it('is read back from what it was made of', () => {
    fc.assert(
      fc.property(localPart, domain, (local, host) => {
        const address = `${local}@${host}`;
        expect(parseEmail(address)).toEqual({ address, localPart: local, domain: host });
      }),
    );
  });

  it('never holds what could change a query, a header or a log line, whatever comes in', () => {
    const hostile = fc.string({
      unit: fc.constantFrom(
        ...atext,
        '@',
        ',',
        '"',
        ' ',
        '\n',
        '\0',
        '\\',
        '(',
        '<',
        ':',
        ';',
        'é',
        '\u200b',
        '\u0085',
      ),
    });
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), hostile), domain, (text, host) => {
        for (const candidate of [text, `${text}@${host}`, `jane@${text}`]) {
          const email = parseEmail(candidate);
          if (!email) continue;
          expect(email.address).toBe(candidate);
          expect(email.address).not.toMatch(/[\p{C}\s,"\\<>()[\]:;]/u);
          expect(email.address.split('@')).toHaveLength(2);
          expect(email.domain).toMatch(/^[a-z0-9.-]+$/);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a domain', () => {
  it('has one normal form: normalising it again changes nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const once = normalizeDomain(text);
        if (once !== undefined) expect(normalizeDomain(once)).toBe(once);
      }),
    );
  });
});

describe('a domain of plain letters', () => {
  it('is what the rules of UTS #46 make of it, at whatever length and depth', () => {
    const label = fc.stringMatching(/^[a-z0-9-]{1,8}$/);
    fc.assert(
      fc.property(fc.array(label, { minLength: 1, maxLength: 4 }), (labels) => {
        const given = labels.join('.');
        const normal = normalizeDomain(given);
        if (normal !== undefined) expect([normal, given]).toEqual([domainToASCII(given), normal]);
      }),
      { numRuns: 5000 },
    );
    expect(['127.1', '1.2.3', '0x7f.1', 'a.0x10', 'a.08', '7'].map(normalizeDomain)).toEqual(
      Array.from({ length: 6 }, () => undefined),
    );
  });
});

describe('the sub-address', () => {
  it.each([
    ['jane+news@example.com', 'jane@example.com'],
    ['jane+a+b@example.com', 'jane@example.com'],
    ['jane@example.com', 'jane@example.com'],
    ['+jane@example.com', '+jane@example.com'],
  ])('of %s is left out: %s', (given, plain) => {
    const email = parseEmail(given)!;
    expect(withoutSubAddress(email).address).toBe(plain);
    expect(parseEmail(withoutSubAddress(email).address)).toEqual(withoutSubAddress(email));
  });
});

describe('a verified e-mail', () => {
  it('is one whose verification is exactly true beside a well-formed address', () => {
    expect(isVerifiedEmail({ email: 'jane@example.com', email_verified: true })).toBe(true);
    for (const email_verified of ['true', 1, 'yes', {}, [true], null, undefined, false]) {
      expect(isVerifiedEmail({ email: 'jane@example.com', email_verified })).toBe(false);
    }
    expect(isVerifiedEmail({ email: 'jane', email_verified: true })).toBe(false);
    expect(isVerifiedEmail({ email_verified: true })).toBe(false);
  });
});
