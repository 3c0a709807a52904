/** Whether what a session knows of a login answers what the gates ask, by the config of today. */
import type { GateQuestions } from '@vestibule/plugin-auth-node';
import type { SessionIdentity } from './session.ts';

/** Questions that are the same in another order, or with repetitions, are the same. */
export function answersQuestions({ asked = {} }: SessionIdentity, questions: GateQuestions): boolean {
  return canonical(asked) === canonical(questions);
}

function canonical(questions: GateQuestions): string {
  const sorted = Object.entries(questions)
    .filter(([, entries]) => entries.length > 0)
    .map(([gate, entries]) => [gate, [...new Set(entries)].sort()] as const)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify(sorted);
}
