const CODES = 'AT AU BE BR CA CH CZ DE DK ES FI FR GB IE IT JP LU MX NL NO NZ PL PT SE TN US'.split(' ');
const names = new Intl.DisplayNames(navigator.language, { type: 'region' });

export const countryName = (code: string) => names.of(code) ?? code;
export const countryOptions = CODES.map((code) => [code, countryName(code)] as const).sort(([, a], [, b]) =>
  a.localeCompare(b),
);
