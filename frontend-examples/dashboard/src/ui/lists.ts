/** The list with this one in it: in place of the one with its id, else in front. */
export function placed<T extends { readonly id: string }>(list: readonly T[], one: T): readonly T[] {
  return list.some(({ id }) => id === one.id)
    ? list.map((old) => (old.id === one.id ? one : old))
    : [one, ...list];
}
