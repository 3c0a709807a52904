/** The program itself. It stands apart, so that importing the package runs nothing. */
import { main } from './main.ts';

await main(process.argv.slice(2));
