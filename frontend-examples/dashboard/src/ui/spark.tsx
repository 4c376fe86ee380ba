/** A small line without axes; the numbers beside it say what it shows. */
export function Spark({ values }: { readonly values: readonly number[] }) {
  if (values.length < 2) return <svg className="spark" aria-hidden="true" />;
  const least = Math.min(...values);
  const range = Math.max(...values) - least || 1;
  const step = 100 / (values.length - 1);
  const points = values.map(
    (value, index) => `${(index * step).toFixed(2)} ${(38 - ((value - least) / range) * 34).toFixed(2)}`,
  );
  const line = `M${points.join('L')}`;
  return (
    <svg className="spark" viewBox="0 0 100 40" preserveAspectRatio="none" aria-hidden="true">
      <path className="area" d={`${line}L100 40L0 40Z`} />
      <path d={line} />
    </svg>
  );
}
