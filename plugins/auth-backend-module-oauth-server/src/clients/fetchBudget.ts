/**
 * How many documents are fetched: anybody may start a request with a client id that we have not seen, and neither we nor
 * those who publish documents should feel it.
 */
import { createWindowCounter, type ClockService } from '@vestibule/backend-plugin-api';

const maximumAtOnce = 16;
const maximumPerAccountAndMinute = 60;

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
  const spentBy = createWindowCounter({
    windowMilliseconds: 60_000,
    maxNames: 100_000,
    now: () => clock.now(),
  });

  return {
    spend(account, act) {
      const spent = spentBy(account);
      if (underWay >= maximumAtOnce || spent.count >= maximumPerAccountAndMinute) return undefined;
      spent.count += 1;
      underWay += 1;
      return act().finally(() => {
        underWay -= 1;
      });
    },
  };
}
