// Runs the built `vestibule start` in this process, as in development unless NODE_ENV says otherwise:
//   npm start -- --config FILE
process.env.NODE_ENV ??= 'development';

// npm passes SIGTERM to its shell only, which may end without passing it on and leave this process behind on its port.
// `exec` in the script would help, but Windows has none.
if (process.env.npm_lifecycle_event === 'start' && process.platform !== 'win32') {
  const shell = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 250);
  watch.unref();
}

// As the command does.
process.setSourceMapsEnabled(true);
const { main } = await import('@vestibule/cli');
await main(['start', ...process.argv.slice(2)]);
