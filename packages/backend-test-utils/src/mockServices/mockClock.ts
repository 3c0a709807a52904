/** A clock that moves when it is told to. */
import { systemClock, type ClockService } from '@vestibule/backend-plugin-api';

/** What `mockServices.clock()` makes. @public */
export interface MockClock extends ClockService {
  /** Moves it on, or back. */
  advance(milliseconds: number): void;
  /** Sets it to a moment, in milliseconds since the epoch. */
  set(milliseconds: number): void;
}

/** @param start - Milliseconds since the epoch. Default: the moment of its making. */
export function createMockClock(start = systemClock.now()): MockClock {
  let now = start;
  return {
    now: () => now,
    advance(milliseconds) {
      now += milliseconds;
    },
    set(milliseconds) {
      now = milliseconds;
    },
  };
}
