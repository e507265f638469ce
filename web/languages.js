/// The page's languages, and which of them somebody reads. Pure.

/// By their codes: how a language calls itself, and where its lines begin.
export const languages = {
  en: { name: 'English', dir: 'ltr' },
  de: { name: 'Deutsch', dir: 'ltr' },
};

const code_of = (tag) => tag.toLowerCase().split('-')[0];

/// `{language, locale, dir}` of what was chosen, a code or `system`; `offered` are the tags of what the browser's person reads, the
/// best first. `locale` is for dates and numbers: as one writes them where one lives.
export function language_of(chosen, offered = []) {
  const known = (code) => Object.hasOwn(languages, code);
  const language = known(chosen) ? chosen : (offered.map(code_of).find(known) ?? 'en');
  const locale = offered.find((tag) => code_of(tag) === language) ?? language;
  return { language, locale, dir: languages[language].dir };
}
