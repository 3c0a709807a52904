// Where our answers differ from those of Backstage's auth backend on purpose, by name. What differs and is not here fails the
// run of differential.test.mjs, and so does a place that no longer differs.
//
// `theirs`, `ours` and `reason` are for people: the page docs/reference/differences-from-backstage.md is made of them.
// `theirs` may be by set of Backstage. `at` is for the run. Each place names exchanges (`of`: portal › case › exchange) and
// one field with both values, where `undefined` is absent; or no field, and then an answer that is another one altogether,
// told by some of its fields. A place holds for both sets of Backstage, or for the one that it names (`set`).
import { answerDifferences } from './answerDifferences.mjs';
import { oauthDifferences } from './oauthDifferences.mjs';
import { refusalDifferences } from './refusalDifferences.mjs';
import { sessionDifferences } from './sessionDifferences.mjs';
import { signInDifferences } from './signInDifferences.mjs';

export const differences = [
  ...answerDifferences,
  ...signInDifferences,
  ...sessionDifferences,
  ...refusalDifferences,
  ...oauthDifferences,
];
