// A button that gives something away does nothing in the first moment in which it can be clicked. Another page may have
// somebody click twice, and put this one under the pointer in between, by closing its own window ("double-clickjacking").
// That this page is in no frame does not help there.

/** Longer than the two halves of a double click are apart. */
const milliseconds = 1000;

/**
 * Makes it work, but for a moment after the window comes to the front.
 *
 * @param {HTMLButtonElement} button
 * @param {() => void} act
 * @returns {() => void} Begins such a moment: for when the button is shown.
 */
export function prepareHeldButton(button, act) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const release = () => button.removeAttribute('aria-disabled');
  const hold = () => {
    // It stays where the keyboard finds it.
    button.setAttribute('aria-disabled', 'true');
    clearTimeout(timer);
    timer = setTimeout(release, milliseconds);
  };
  addEventListener('focus', hold);
  document.addEventListener('visibilitychange', hold);
  button.addEventListener('click', () => {
    if (!button.hasAttribute('aria-disabled')) act();
  });
  return hold;
}
