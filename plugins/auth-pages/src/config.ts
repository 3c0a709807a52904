/** `auth.signInPage`: the portal's name, logo, colours and languages on the pages of sign-in. */
import { asObject, isObject, nearestName } from '@vestibule/backend-plugin-api';
import { z } from 'zod';
import { builtIn } from './language/builtIn.ts';
import { placeholdersIn, pluralCategories, type Message } from './language/catalogue.ts';
import { isLanguageTag } from './language/direction.ts';
import { parseColour } from './look/colour.ts';
import { colourVariables } from './look/theme.ts';
import { logoFault } from './look/logo.ts';
import { en } from './messages/en.ts';

/** Each key is one of ours, or a fault. */
const closed = { additionalProperties: false };

const colour = z
  .string()
  .refine(
    (text) => parseColour(text) !== undefined,
    "must be a colour such as '#1b6670', 'rgb(27 102 112)' or 'hsl(187 61% 27%)'",
  );

const colours = z
  .object(
    Object.fromEntries(Object.keys(colourVariables).map((name) => [name, colour.optional()])) as Record<
      keyof typeof colourVariables,
      z.ZodOptional<typeof colour>
    >,
  )
  .meta(closed);

const languageTag = z
  .string()
  .refine(isLanguageTag, "must be a language tag as it is written, such as 'de' or 'pt-BR'");

/**
 * What a language of one's own may say, as JSON Schema, made of the English catalogue: no schema of zod for each of two
 * hundred texts, which every start would make.
 */
const messagesMeta = {
  type: 'object',
  ...closed,
  properties: mapped(en, (texts) => ({
    type: 'object',
    ...closed,
    properties: mapped(texts, (message: Message) =>
      typeof message === 'string'
        ? { type: 'string', description: message }
        : {
            description: message.other,
            anyOf: [
              { type: 'string' },
              {
                type: 'object',
                ...closed,
                properties: Object.fromEntries(
                  pluralCategories.map((category) => [category, { type: 'string' }]),
                ),
              },
            ],
          },
    ),
  })),
};

const messages = z.record(languageTag, z.unknown().meta(messagesMeta)).superRefine((languages, context) => {
  const faults = Object.entries(languages).flatMap(([tag, given]) => faultsIn(tag, given));
  for (const [path, message] of faults) {
    context.addIssue({ code: 'custom', path: [...path], message });
  }
});

/** The schema. */
export const signInPageSchema = z
  .object({
    /** The portal's name on the pages. Default: `app.title`. */
    title: z.string().regex(/\S/, 'must not be empty').optional(),
    /** Instead of the mark before the portal's name: a file, a path of this origin, or a data URL. */
    logo: z
      .string()
      .superRefine((logo, context) => {
        const message = logoFault(logo);
        if (message !== undefined) context.addIssue({ code: 'custom', message });
      })
      .optional(),
    colors: z.object({ light: colours.optional(), dark: colours.optional() }).meta(closed).optional(),
    /** Which languages the pages have; the first where a browser asks for none of them. Default: all there are, English first. */
    languages: z.array(languageTag).min(1, 'must list a language').optional(),
    /** Language tag -> texts of one's own: for some of a language that is there, or for a further one. */
    messages: messages.optional(),
    /** Whether the page shows the tokens of whoever signed in. Default: in development. */
    showTokens: z.boolean().optional(),
  })
  .superRefine(({ languages = [], messages: own = {} }, context) => {
    const known = [...builtIn.keys(), ...Object.keys(own)];
    languages.forEach((language, index) => {
      if (known.includes(language)) return;
      const near = nearestName(language, known);
      const hint = near === undefined ? `; there are ${known.join(', ')}` : `; did you mean '${near}'?`;
      const message = `names '${language}', which has no texts${hint}`;
      context.addIssue({ code: 'custom', path: ['languages', index], message });
    });
  })
  .meta(closed);

/** `auth.signInPage`. @public */
export type SignInPageSettings = z.infer<typeof signInPageSchema>;

type Fault = readonly [path: readonly string[], message: string];

/** What is wrong with texts of a language. That a key is known is for the check of all keys to say. */
function faultsIn(tag: string, given: unknown): Fault[] {
  if (!isObject(given)) return [[[tag], 'must hold sections of texts']];
  return Object.entries(given).flatMap(([section, texts]): Fault[] => {
    const known = asObject(asObject(en)[section]);
    if (!isObject(texts)) return [[[tag, section], 'must hold texts']];
    return Object.entries(texts).flatMap(([key, message]): Fault[] => {
      const model = known[key] as Message | undefined;
      if (model === undefined) return [];
      const what = faultOf(message, model);
      return what === undefined ? [] : [[[tag, section, key], what]];
    });
  });
}

function faultOf(message: unknown, model: Message): string | undefined {
  const isPlural = isObject(message) && typeof model !== 'string';
  const texts = isPlural ? Object.values(message) : [message];
  if (texts.length === 0 || texts.some((text) => typeof text !== 'string' || text.trim() === ''))
    return 'must be a text';
  if (isPlural && message.other === undefined) return "must have the form 'other'";
  const allowed = placeholdersIn(model);
  const [unknown] = placeholdersIn({ other: texts.join(' ') }).filter((name) => !allowed.includes(name));
  if (unknown === undefined) return undefined;
  return `has the placeholder ${unknown}, ${allowed.length === 0 ? 'and may have none' : `and may have ${allowed.join(', ')}`}`;
}

function mapped<T, R>(object: Readonly<Record<string, T>>, map: (value: T) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]));
}
