// A step line: a balance stays where it is until the next posting moves it, so slopes would be a lie.

const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 1000;
const HEIGHT = 160;
const MARGIN = 8;

/** Draws `values`, oldest first, over the whole width of `svg`. Only the picture rounds; the figures stay exact. */
export function draw(svg, values) {
  svg.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
  const [area, line, end] = shapes(svg);
  if (values.length === 0) return [area, line, end].forEach((shape) => shape.setAttribute('d', ''));
  const path = steps(points(values));
  area.setAttribute('d', `${path} V ${HEIGHT} H 0 Z`);
  line.setAttribute('d', path);
  const [x, y] = points(values).at(-1);
  end.setAttribute('d', `M ${x} ${y} h 0.01`); // a dot: a round cap keeps its shape when the picture is stretched
}

function points(values) {
  const lowest = Math.min(...values);
  const span = Math.max(...values) - lowest;
  const stride = values.length > 1 ? (WIDTH - MARGIN) / (values.length - 1) : 0;
  const height = HEIGHT - 2 * MARGIN;
  return values.map((value, index) => [
    round(values.length > 1 ? index * stride : WIDTH - MARGIN),
    round(span === 0 ? HEIGHT / 2 : MARGIN + height * (1 - (value - lowest) / span)),
  ]);
}

function steps([[, y], ...rest]) {
  return rest.reduce((path, [x, next]) => `${path} H ${x} V ${next}`, `M 0 ${y}`) + (rest.length ? '' : ` H ${WIDTH - MARGIN}`);
}

function shapes(svg) {
  for (const name of svg.childElementCount ? [] : ['area', 'line', 'end']) {
    const shape = document.createElementNS(SVG, 'path');
    shape.setAttribute('class', `spark-${name}`);
    shape.setAttribute('vector-effect', 'non-scaling-stroke');
    svg.append(shape);
  }
  return svg.children;
}

function round(coordinate) {
  return Math.round(coordinate * 10) / 10;
}
