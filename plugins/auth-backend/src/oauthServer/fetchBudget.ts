/**
 * How many documents are fetched: anybody may start a request with a client id that we have not seen, and neither we nor
 * those who publish documents should feel it.
 */
import type { Clock } from '../clock.ts';

const maximumAtOnce = 16;
const maximumPerOriginAndMinute = 60;
const minuteMilliseconds = 60_000;

/** The budget, of one process. */
export interface FetchBudget {
  /** Runs the act; `undefined` where the budget is spent. */
  spend<T>(origin: string, act: () => Promise<T>): Promise<T> | undefined;
}

export function createFetchBudget(clock: Clock): FetchBudget {
  let underWay = 0;
  let minuteBegan = clock();
  const spent = new Map<string, number>();

  return {
    spend(origin, act) {
      const now = clock();
      if (now - minuteBegan >= minuteMilliseconds) {
        minuteBegan = now;
        spent.clear();
      }
      const before = spent.get(origin) ?? 0;
      if (underWay >= maximumAtOnce || before >= maximumPerOriginAndMinute) return undefined;
      spent.set(origin, before + 1);
      underWay += 1;
      return act().finally(() => {
        underWay -= 1;
      });
    },
  };
}
