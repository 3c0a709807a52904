/**
 * What happened while a hosted Backstage module handled one request, remembered where it happened: what it asked of us and
 * what we threw, and how its own calls to the outside ended.
 *
 * A module tells of a failed login on a page, by a name and a sentence. Whose error it was stands in neither: a module may
 * catch ours and throw another, try again and succeed, or say by chance what we say. So the sentence decides nothing.
 */
import type { ModuleCall } from './calls.ts';

/** One request's; two logins at the same time have two. */
export interface RequestEvidence {
  /** Runs what the module asked of us, and remembers what it threw. */
  ask<T>(act: () => Promise<T>): Promise<T>;
  /** Notes how a call of the module's own ended. */
  noteCall(call: ModuleCall): void;
  /** Whether the module asked us for anything, as its resolver does, and what comes before it does not. */
  readonly wasAsked: boolean;
  /** What we threw that has this name and this message, the latest first: the module has passed it on. */
  passedOn(error: { name: string; message: string }): Error | undefined;
  /** What we threw last, unless something that the module asked for afterwards went well. */
  readonly unresolved: Error | undefined;
  /** The last call of the module's own, unless it asked us for something after that. */
  readonly lastCall: ModuleCall | undefined;
}

/** Begins with nothing. */
export function createRequestEvidence(): RequestEvidence {
  const thrown: Error[] = [];
  let unresolved: { error: Error; at: number } | undefined;
  let lastCall: ModuleCall | undefined;
  let questions = 0;
  let time = 0;

  return {
    async ask(act) {
      questions += 1;
      lastCall = undefined;
      const begun = (time += 1);
      try {
        const given = await act();
        // Of two questions at once, one that goes well says nothing of the other.
        if (unresolved && unresolved.at < begun) unresolved = undefined;
        return given;
      } catch (thrownByUs) {
        const error = thrownByUs instanceof Error ? thrownByUs : new Error(String(thrownByUs));
        thrown.unshift(error);
        unresolved = { error, at: (time += 1) };
        throw thrownByUs;
      }
    },
    noteCall(call) {
      lastCall = call;
    },
    get wasAsked() {
      return questions > 0;
    },
    passedOn: ({ name, message }) => thrown.find((error) => error.name === name && error.message === message),
    get unresolved() {
      return unresolved?.error;
    },
    get lastCall() {
      return lastCall;
    },
  };
}
