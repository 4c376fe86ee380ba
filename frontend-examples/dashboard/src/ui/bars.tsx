import { count, percent } from '../format';

interface BarsProps {
  readonly most: number;
  readonly bars: readonly (readonly [name: string, value: string])[];
}

/** Numbers beside bars that show them as parts of `most`. */
export function Bars({ most, bars }: BarsProps) {
  return (
    <div className="stack">
      {bars.map(([name, value]) => (
        <div key={name} className="bar">
          <div>
            <span>{name}</span>
            <span className="num">
              {count(value)}{' '}
              <span className="muted small">{most > 0 && percent(String(Number(value) / most))}</span>
            </span>
          </div>
          <progress max={Math.max(1, most)} value={Number(value)} aria-label={name} />
        </div>
      ))}
    </div>
  );
}
