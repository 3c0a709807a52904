/** The program itself. It stands apart, so that importing the package runs nothing. */
import { main } from './main.ts';

process.exitCode = await main(process.argv.slice(2));
