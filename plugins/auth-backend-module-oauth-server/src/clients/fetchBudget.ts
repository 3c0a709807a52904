/**
 * How many documents are fetched: anybody may start a request with a client id that we have not seen, and neither we nor
 * those who publish documents should feel it.
 */
import type { ClockService } from '@vestibule/backend-plugin-api';

const maximumAtOnce = 16;
const maximumPerAccountAndMinute = 60;
const minuteMilliseconds = 60_000;

/** The budget, of one process. */
export interface FetchBudget {
  /**
   * Runs the act; `undefined` where the budget is spent.
   *
   * @param account - What the fetch counts for: an origin, or one client of it.
   */
  spend<T>(account: string, act: () => Promise<T>): Promise<T> | undefined;
}

export function createFetchBudget(clock: ClockService): FetchBudget {
  let underWay = 0;
  let minuteBegan = clock.now();
  const spent = new Map<string, number>();

  return {
    spend(account, act) {
      const now = clock.now();
      if (now - minuteBegan >= minuteMilliseconds) {
        minuteBegan = now;
        spent.clear();
      }
      const before = spent.get(account) ?? 0;
      if (underWay >= maximumAtOnce || before >= maximumPerAccountAndMinute) return undefined;
      spent.set(account, before + 1);
      underWay += 1;
      return act().finally(() => {
        underWay -= 1;
      });
    },
  };
}
