/** What the command says about itself. */

export const helpText = `Usage: npm create vestibule [DIRECTORY] -- [options]

Writes a small TypeScript project with Vestibule into DIRECTORY. Asks for what is not given.

Options:
  --for PURPOSE        portal     sign-in for a portal of its own (default with --yes)
                       beside     a process of its own beside Backstage, which trusts it
                       inside     a Backstage backend with Vestibule in place of its auth plugin
                       framework  a plugin of your own on the core, without sign-in
  --providers LIST     Of oidc, google, github and guest, with commas (default with --yes: oidc,guest)
  --issuer URL         Your OpenID Provider. Default: one with ready people, for development
  --database DATABASE  sqlite (default with --yes) or postgresql
  --packages DIR       Take Vestibule's packages from the tarballs in DIR, not from the registry
  -y, --yes            Ask nothing: what is not given has its default
  -h, --help           Show this help
  -V, --version        Show the version

DIRECTORY has to be empty, or not there. Without a terminal nothing is asked: give all of it, or --yes.

Exit codes: 0 written, 1 could not be written, 2 wrong use, 130 cancelled.
`;
