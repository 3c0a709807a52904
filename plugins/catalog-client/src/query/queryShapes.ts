/** Shapes of what a caller sends for a query, in a body or within a cursor. What the texts may be is checked with the query. */
import { z } from 'zod';

/** More would be no question of a person, and each costs a comparison with each entity. */
const mostFields = 100;

/** The fields to sort by, the first one first. */
export const orderFieldsSchema = z
  .array(z.object({ field: z.string(), order: z.enum(['asc', 'desc']) }))
  .max(mostFields);

/** A term to look for, in the given fields or in all. */
export const fullTextFilterSchema = z
  .object({ term: z.string(), fields: z.array(z.string()).max(mostFields).nullish() })
  .transform(({ term, fields }) => (fields ? { term, fields } : { term }));
