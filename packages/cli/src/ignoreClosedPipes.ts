/** Whoever reads what is printed may have had enough, as `| head` has: that is no failure. */

/** Keeps a closed pipe at the output or the error stream from ending the process with an exception. May be called twice. */
export function ignoreClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    if (!stream.listeners('error').includes(passOver)) stream.on('error', passOver);
  }
}

function passOver(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
