/** `GET /v1/decisions/:reference`, in development only: why a sign-in was refused, for the sign-in page. */
import { NotFoundError } from '@vestibule/backend-plugin-api';
import type { Context } from 'koa';
import { withoutProviderWords } from '../record/signInRecord.ts';
import { printRecord } from '../record/printRecord.ts';
import type { FlowContext } from './flowContext.ts';

/** Answers `{ decision, text }`: the record, and its tree as `vestibule explain` prints it. */
export async function draft(ctx: Context, { records }: FlowContext, reference: string): Promise<void> {
  ctx.set('Cache-Control', 'no-store');
  const record = await records.find(reference);
  if (!record) throw new NotFoundError('ERR_DECISION_UNKNOWN', 'No decision has this reference');
  const shown = withoutProviderWords(record);
  ctx.body = { decision: shown, text: printRecord(shown) };
}
