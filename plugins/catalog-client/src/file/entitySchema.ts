/** What a document of a catalog file must look like. */
import { z } from 'zod';
import {
  isUserEntity,
  isValidEntityKind,
  isValidEntityName,
  isValidEntityNamespace,
} from '@vestibule/catalog-model';
import { readSpecReference, specReferencesOf } from './entityRelations.ts';

const texts = z.record(z.string(), z.string());

const userProfile = z.looseObject({
  displayName: z.string().optional(),
  email: z.string().optional(),
  picture: z.string().optional(),
});

/** Checks one entity and the references in its spec. */
export const entitySchema = z
  .looseObject({
    apiVersion: z.string().min(1),
    kind: z.string().refine(isValidEntityKind, 'is no kind: a letter, then letters and digits, at most 63'),
    metadata: z.looseObject({
      name: z
        .string()
        .refine(
          isValidEntityName,
          'is no entity name: letters, digits, "-", "_" and ".", a letter or digit at both ends, at most 63',
        ),
      namespace: z
        .string()
        .refine(
          isValidEntityNamespace,
          'is no namespace: lower-case letters, digits and single dashes between them, at most 63',
        )
        .optional(),
      title: z.string().optional(),
      description: z.string().optional(),
      annotations: texts.optional(),
      labels: texts.optional(),
      tags: z.array(z.string()).optional(),
    }),
    spec: z.looseObject({}).optional(),
    relations: z.undefined({ error: 'cannot be given: relations are computed from the specs' }).optional(),
  })
  .superRefine((entity, context) => {
    const problem = (path: (string | number)[], message: string): void =>
      context.addIssue({ code: 'custom', path: ['spec', ...path], message });
    const { spec = {} } = entity;
    if (isUserEntity(entity)) {
      const profile = userProfile.optional().safeParse(spec.profile);
      for (const issue of profile.error?.issues ?? []) {
        problem(['profile', ...(issue.path as string[])], issue.message);
      }
    }
    for (const reference of specReferencesOf(entity)) {
      const given = spec[reference.field];
      if (given === undefined) continue;
      const isList = reference.field !== 'parent' && reference.field !== 'owner';
      if (Array.isArray(given) !== isList) {
        problem(
          [reference.field],
          isList ? 'is not a list of entity references' : 'is not one entity reference',
        );
        continue;
      }
      [given].flat().forEach((text: unknown, index) => {
        const path = isList ? [reference.field, index] : [reference.field];
        try {
          if (typeof text !== 'string') throw new TypeError('is not an entity reference');
          readSpecReference(text, entity, reference);
        } catch (error) {
          problem(path, (error as Error).message);
        }
      });
    }
  });
