/** The changelog for readers: what waits in .changeset/, by section. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

interface Change {
  file: string;
  section?: string;
  packages: string[];
  level: string;
  text: string;
}
const load = async (name: string): Promise<unknown> =>
  import(new URL(`changelog/${name}.mjs`, import.meta.url).href);
const { readChangesets } = (await load('changesets')) as { readChangesets(root: string): Change[] };
const { notesOf, releaseNotes, withRelease } = (await load('releaseNotes')) as {
  notesOf(changelog: string, version: string): string | undefined;
  releaseNotes(changes: Change[]): string;
  withRelease(
    changelog: string | undefined,
    release: { version: string; day: string; changes: Change[] },
  ): string;
};
const { sections } = (await load('sections')) as { sections: Record<string, string> };

const root = fileURLToPath(new URL('..', import.meta.url));
const change = (level: string, text: string, more: Partial<Change> = {}): Change => ({
  file: '.changeset/some.md',
  packages: ['@vestibule/plugin-auth-backend'],
  level,
  text,
  ...more,
});

describe('the changelog', () => {
  it('has every change that waits, once, under a heading', () => {
    const waiting = readChangesets(root);
    const notes = releaseNotes(waiting);
    expect(notes.match(/^- /gm)?.length ?? 0).toBe(waiting.length);
    const headings = [...notes.matchAll(/^### (.*)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(Object.values(sections).filter((heading) => headings.includes(heading)));
  });

  it('puts a change where its changeset says, and otherwise where its first package belongs', () => {
    const notes = releaseNotes([
      change('patch', 'A session ends.'),
      change('patch', 'A line of the log.', { section: 'operations' }),
      change('minor', 'A provider.', { packages: ['@vestibule/plugin-auth-backend-module-acme-provider'] }),
    ]);
    expect(notes).toBe(
      [
        '### Sign-in and sessions\n\n- A session ends.',
        '### Providers\n\n- A provider.',
        '### Operations\n\n- A line of the log.',
      ].join('\n\n'),
    );
  });

  it('tells first what breaks, then what is new, then what was mended', () => {
    const notes = releaseNotes([
      change('patch', 'Mended.'),
      change('minor', 'New,\n\nin two paragraphs.'),
      change('major', 'Gone.'),
    ]);
    expect(notes).toContain('- **Breaking:** Gone.\n- New,\n\n  in two paragraphs.\n- Mended.');
  });

  it('refuses a section that there is not, and names those that there are', () => {
    expect(() => releaseNotes([change('patch', 'A change.', { section: 'misc' })])).toThrow(
      /^\.changeset\/some\.md names the section 'misc'\. There are: sign-in, /,
    );
  });

  it('keeps earlier releases below a new one, and finds each again', () => {
    const first = withRelease(undefined, {
      version: '0.2.0',
      day: '2030-01-02',
      changes: [change('minor', 'First.')],
    });
    const second = withRelease(first, {
      version: '0.2.1',
      day: '2030-02-03',
      changes: [change('patch', 'Second.')],
    });
    expect(second.match(/^## .*$/gm)).toEqual(['## 0.2.1 (2030-02-03)', '## 0.2.0 (2030-01-02)']);
    expect(second.endsWith(first.slice(first.indexOf('## ')))).toBe(true);
    expect(notesOf(second, '0.2.0')).toBe('### Sign-in and sessions\n\n- First.');
    expect(notesOf(second, '0.2.1')).toBe('### Sign-in and sessions\n\n- Second.');
    expect(notesOf(second, '0.2')).toBeUndefined();
  });
});
