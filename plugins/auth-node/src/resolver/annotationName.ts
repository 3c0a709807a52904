/** The grammar of the names of annotations in the catalog. */

/** An optional DNS name and a slash, then at most 63 characters. */
export const annotationPattern =
  /^(?:(?=.{1,253}\/)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*\/)?[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;

/** What a schema says of a name that is none. */
export const annotationMessage = "must be the name of an annotation such as 'accounts.google.com/sub'";
