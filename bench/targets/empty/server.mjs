// The unit of cost: the least that node:http can answer.
import { createServer } from 'node:http';

createServer((_request, response) => response.end('{}')).listen(Number(process.argv[2]), '127.0.0.1');
