/** `GET /.well-known/oauth-client/cli.json`: the metadata document of Backstage's command. */
import type { Context } from 'koa';
import { cliClientDocument } from '../../oauthServer/cliClientDocument.ts';
import type { OAuthServerSettings } from '../../oauthServer/settings.ts';

/** While documents are off, Backstage's command reads the answer to find that out. */
export function cliClient(
  ctx: Context,
  { baseUrl, settings }: { baseUrl: string; settings: OAuthServerSettings | undefined },
): void {
  if (settings?.metadataDocuments) {
    ctx.body = cliClientDocument(baseUrl);
    return;
  }
  ctx.status = 404;
  ctx.body = { error: 'not_found', error_description: 'Client ID metadata documents not enabled' };
}
