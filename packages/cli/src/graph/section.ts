/** A section of the page of a graph. */
import { type Html } from '@vestibule/backend-plugin-api';

/** Its heading, and what stands below it. `id`: the end of links to it. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly body: Html;
}
