/** `GET /v1/decisions/:reference`, in development only: why a sign-in was refused, for the sign-in page. */
import { NotFoundError } from '@vestibule/backend-plugin-api';
import type { Context } from 'koa';
import { withoutProviderWords } from '../record/signInRecord.ts';
import { printDecision } from '../record/printRecord.ts';
import type { Surroundings } from './flowContext.ts';

/** Answers `{ decision, text }`: the record, and its tree as `vestibule explain` prints it. */
export async function decision(ctx: Context, { decisions }: Surroundings, reference: string): Promise<void> {
  ctx.set('Cache-Control', 'no-store');
  const record = await decisions.find(reference);
  if (!record) throw new NotFoundError('ERR_DECISION_UNKNOWN', 'No decision has this reference');
  const shown = withoutProviderWords(record);
  ctx.body = { decision: shown, text: printDecision(shown) };
}
