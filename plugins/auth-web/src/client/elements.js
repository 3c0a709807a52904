// Finding and building elements. Text always becomes text nodes: nothing here, or elsewhere, writes innerHTML.

/**
 * An element that the server put into the page.
 *
 * @template {typeof HTMLElement} T
 * @param {string} id
 * @param {T} type
 * @returns {InstanceType<T>}
 */
export function find(id, type) {
  const element = findIfThere(id, type);
  if (element) return element;
  throw new Error(`the page has no ${type.name} #${id}`);
}

/**
 * An element that not every page has.
 *
 * @template {typeof HTMLElement} T
 * @param {string} id
 * @param {T} type
 * @returns {InstanceType<T> | undefined}
 */
export function findIfThere(id, type) {
  const element = document.getElementById(id);
  return element instanceof type ? /** @type {InstanceType<T>} */ (element) : undefined;
}

/**
 * Builds an element.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} name
 * @param {Record<string, string>} attributes
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function build(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  element.append(...children);
  return element;
}
