import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { reportUnopened } from './unopenedSessions.ts';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

function collect() {
  const said: string[] = [];
  const unopened = reportUnopened({ warn: (line) => void said.push(line) });
  return { unopened, numbers: () => said.map((line) => /opened: (\d+);/.exec(line)?.[1]) };
}

it('says the first at once, and then how many there were since, once a minute', () => {
  const { unopened, numbers } = collect();
  unopened.note();
  expect(numbers()).toEqual(['1']);
  for (let count = 0; count < 500; count += 1) unopened.note();
  jest.advanceTimersByTime(59_999);
  expect(numbers()).toEqual(['1']);
  jest.advanceTimersByTime(1);
  expect(numbers()).toEqual(['1', '500']);
  unopened.note();
  jest.advanceTimersByTime(60_000);
  expect(numbers()).toEqual(['1', '500', '1']);
});

it('says nothing in a minute without any, and the next at once after it', () => {
  const { unopened, numbers } = collect();
  unopened.note();
  jest.advanceTimersByTime(600_000);
  expect(numbers()).toEqual(['1']);
  unopened.note();
  expect(numbers()).toEqual(['1', '1']);
});

it('says at the end what was not said yet, and leaves nothing running', () => {
  const { unopened, numbers } = collect();
  unopened.note();
  unopened.note();
  unopened.stop();
  expect(numbers()).toEqual(['1', '1']);
  expect(jest.getTimerCount()).toBe(0);
});
