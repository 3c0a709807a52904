// Runs the built `vestibule start` in this process, as in development unless NODE_ENV says otherwise:
//   npm start -- --config FILE
process.env.NODE_ENV ??= 'development';
const { main } = await import('@vestibule/cli');
await main(['start', ...process.argv.slice(2)]);
