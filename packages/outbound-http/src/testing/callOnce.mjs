// Makes one call and prints its status or the code of its failure: Node reads NODE_EXTRA_CA_CERTS only when it starts.
import { createOutboundHttp } from '../outboundHttp.ts';

const http = createOutboundHttp();
try {
  const { status, text } = await http.request({ url: process.argv[2] ?? '' });
  console.log(`${status} ${text}`);
} catch (error) {
  console.log(error.code);
}
await http.close();
