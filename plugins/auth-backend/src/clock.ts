/** Time, handed in so that tests can move it. */

/** Milliseconds since the epoch. */
export type Clock = () => number;
