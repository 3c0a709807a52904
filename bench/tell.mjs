/** What a run is at. What it prints is the page alone. */
export function tell(what) {
  process.stderr.write(`${what} …\n`);
}
