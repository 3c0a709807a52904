// Jest's environment for Node, which takes leave of every AsyncLocalStorage that a suite has used.
// Node 20 copies the value of each storage in use to every new promise, and forgets a storage only when it is told to.
// Jest itself brings a new one with each suite, so without this a worker slows down with every suite that it has run.
import { AsyncLocalStorage } from 'node:async_hooks';
import { TestEnvironment } from 'jest-environment-node';

const inUse = new Set();

for (const method of ['run', 'enterWith']) {
  const original = AsyncLocalStorage.prototype[method];
  AsyncLocalStorage.prototype[method] = function (...given) {
    inUse.add(this);
    return original.apply(this, given);
  };
}

export default class extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    inUse.clear(); // what Jest uses between suites stays
  }

  async teardown() {
    for (const storage of inUse) storage.disable();
    inUse.clear();
    await super.teardown();
  }
}
