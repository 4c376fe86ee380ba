// The big figure, on the number wheels of a postage meter. Screen readers get the plain text instead.

export class Meter {
  #element; #text; #wheels;

  constructor(element) {
    this.#element = element;
    this.#text = make('span', 'unseen');
    this.#wheels = make('span', 'wheels');
    this.#wheels.setAttribute('aria-hidden', 'true');
  }

  clear() {
    this.#element.textContent = '–';
    this.#element.dataset.empty = '';
    this.#text.textContent = '';
  }

  show(text) {
    if (this.#text.textContent === text) return;
    if (!this.#wheels.isConnected) this.#element.replaceChildren(this.#text, this.#wheels);
    this.#element.removeAttribute('data-empty');
    this.#element.dataset.length = text.length > 14 ? 'long' : text.length > 9 ? 'medium' : 'short';
    this.#text.textContent = text;
    const characters = [...text];
    // Places are matched from the right, so that the cents stay the cents when a digit is gained.
    while (this.#wheels.childElementCount > characters.length) this.#wheels.firstChild.remove();
    while (this.#wheels.childElementCount < characters.length) this.#wheels.prepend(make('span'));
    characters.forEach((character, place) => turn(this.#wheels.children[place], character));
  }
}

function turn(place, character) {
  const isDigit = character >= '0' && character <= '9';
  if (isDigit && !place.classList.contains('wheel')) {
    const strip = make('span', 'strip');
    strip.append(...Array.from('0123456789', (digit) => make('span', '', digit)));
    place.replaceChildren(strip);
  }
  if (!isDigit) place.textContent = character;
  place.className = isDigit ? `wheel at-${character}` : 'sign';
}

function make(tag, className = '', text = '') {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}
