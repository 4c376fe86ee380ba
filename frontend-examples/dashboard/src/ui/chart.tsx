import 'uplot/dist/uPlot.min.css';
import { useEffect, useId, useRef, useState } from 'react';
import UPlot from 'uplot';

export interface Line {
  readonly name: string;
  readonly colour: 'accent' | 'blue' | 'violet' | 'bad' | 'warn' | 'muted';
  readonly values: readonly (number | null)[];
  readonly dashed?: boolean;
  readonly stepped?: boolean;
  readonly filled?: boolean;
}

interface ChartProps {
  /** What the chart shows, in a sentence, for those who do not see it. */
  readonly summary: string;
  /** Seconds since 1970 on a time scale, else plain numbers. */
  readonly x: readonly number[];
  readonly lines: readonly Line[];
  readonly time?: boolean;
  readonly format: (value: number) => string;
  readonly formatX?: (value: number) => string;
}

const HEIGHT = 240;
const dark = matchMedia('(prefers-color-scheme: dark)');
const language = navigator.language;

/** The colours are those of the page: canvas knows no custom properties. */
function colourOf(host: Element, name: string): string {
  const probe = document.createElement('i');
  probe.style.color = `var(--${name})`;
  host.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function timeLabels(splits: readonly number[]): string[] {
  const range = (splits.at(-1) ?? 0) - (splits[0] ?? 0);
  const style: Intl.DateTimeFormatOptions =
    range > 172_800
      ? { day: 'numeric', month: 'short' }
      : range > 600
        ? { timeStyle: 'short' }
        : { timeStyle: 'medium' };
  const format = new Intl.DateTimeFormat(language, style);
  return splits.map((split) => format.format(split * 1000));
}

function options(
  host: HTMLElement,
  props: ChartProps,
  pointed: (index: number | null) => void,
): UPlot.Options {
  const axis: UPlot.Axis = {
    stroke: colourOf(host, 'muted'),
    grid: { stroke: colourOf(host, 'line'), width: 1 },
    ticks: { show: false },
    gap: 6,
    font: '12px system-ui, sans-serif',
  };
  return {
    width: host.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false } },
    scales: { x: { time: props.time ?? false }, y: { range: (_, __, most) => [0, most * 1.05 || 1] } },
    axes: [
      {
        ...axis,
        size: 28,
        space: 90,
        values: (_, splits) =>
          props.time ? timeLabels(splits) : splits.map((split) => props.formatX?.(split) ?? String(split)),
      },
      { ...axis, size: 64, values: (_, splits) => splits.map(props.format) },
    ],
    series: [
      {},
      ...props.lines.map(({ name, colour, dashed, stepped, filled }) => ({
        label: name,
        stroke: colourOf(host, colour),
        width: 2,
        points: { show: false },
        ...(dashed && { dash: [6, 6] }),
        ...(filled && { fill: colourOf(host, 'accent-soft') }),
        ...(stepped && UPlot.paths.stepped && { paths: UPlot.paths.stepped({ align: 1 }) }),
      })),
    ],
    hooks: { setCursor: [(plot) => pointed(plot.cursor.idx ?? null)] },
  };
}

/** Lines over time or numbers. What is pointed at is told in the legend. */
export default function Chart(props: ChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot | null>(null);
  const [scheme, setScheme] = useState(dark.matches);
  const [index, setIndex] = useState<number | null>(null);
  const id = useId();
  const { summary, x, lines, format } = props;
  const shape = JSON.stringify(lines.map(({ values: _, ...rest }) => rest));
  const latest = useRef(props);
  latest.current = props;

  useEffect(() => {
    const told = () => setScheme(dark.matches);
    dark.addEventListener('change', told);
    return () => dark.removeEventListener('change', told);
  }, []);
  useEffect(() => {
    const element = host.current;
    if (!element) return undefined;
    const made = new UPlot(
      options(element, latest.current, setIndex),
      [[], ...latest.current.lines.map(() => [])],
      element,
    );
    plot.current = made;
    made.setData([[...latest.current.x], ...latest.current.lines.map(({ values }) => [...values])]);
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [shape, scheme]);
  useEffect(() => plot.current?.setData([[...x], ...lines.map(({ values }) => [...values])]), [x, lines]);

  return (
    <figure className="chart">
      <ul className="legend">
        {lines.map(({ name, colour, values }) => {
          const value = index === null ? null : values[index];
          return (
            <li key={name}>
              <svg width="12" height="12" aria-hidden="true">
                <rect y="4" width="12" height="4" rx="2" fill={`var(--${colour})`} />
              </svg>
              {name}
              {value !== null && value !== undefined && <strong className="num"> {format(value)}</strong>}
            </li>
          );
        })}
      </ul>
      <div ref={host} role="img" aria-labelledby={id} />
      <figcaption id={id}>{summary}</figcaption>
    </figure>
  );
}
