// Fills app/web/shell/page.html, the page in which client code runs, for one bundle: the same bytes for everyone, in
// every language, with the sentences of the translation files.
//
// {{bundle}}, {{title}}: as given. {{#NAME}}…{{/NAME}}: only in the shell of the bundle NAME.
// {{de:KEY}}: the message KEY in German. {{say:KEY}}: in every language, of which the style shows the page's.
// {{#each-language}}…{{/each-language}}: once for each; inside, {{tag}} is its tag and {{text:KEY NAME=VALUE}} a message
// in it, with an argument.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The messages of a language that stand in one line each. */
function read(folder) {
  const messages = new Map();
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".ftl"))) {
    for (const [, key, value] of readFileSync(join(folder, file), "utf8").matchAll(/^([a-z][a-z0-9-]*) = (.+)$/gm)) {
      messages.set(key, value);
    }
  }
  return messages;
}

/** A message as text of a page, or as the value of an attribute. */
function message(messages, language, key, given = "") {
  let sentence = messages.get(key);
  if (sentence === undefined) throw new Error(`locales/${language} has no message ${key} of one line`);
  const [name, value] = given.split("=");
  if (name) sentence = sentence.replaceAll(new RegExp(`\\{ \\$${name} \\}`, "g"), value);
  if (/[{}]/.test(sentence)) throw new Error(`locales/${language}: ${key} needs more than the shell gives it`);
  return sentence.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

/** The shell of one bundle; references to assets stay as they are. */
export function fillShell(template, locales, { bundle, title }) {
  // The reference first, as everywhere.
  const languages = readdirSync(locales).sort();
  const all = new Map(languages.map((language) => [language, read(join(locales, language))]));
  const say = (language, key, given) => message(all.get(language), language, key, given);
  const filled = template
    .replaceAll(/\{\{#(seeker|staff)\}\}\n?(.*?)\{\{\/\1\}\}\n?/gs, (_, name, part) => (name === bundle ? part : ""))
    .replaceAll(/\{\{#each-language\}\}\n?(.*?)\{\{\/each-language\}\}\n?/gs, (_, part) =>
      languages
        .map((language) =>
          part
            .replaceAll("{{tag}}", language)
            .replaceAll(/\{\{text:([a-z0-9-]+)(?: ([a-z]+=[^}]+))?\}\}/g, (_, key, given) => say(language, key, given)),
        )
        .join(""),
    )
    .replaceAll(/\{\{say:([a-z0-9-]+)\}\}/g, (_, key) => {
      const parts = languages.map((language) => `<span lang="${language}">${say(language, key)}</span>`);
      return `<span class="say">${parts.join("")}</span>`;
    })
    .replaceAll(new RegExp(`\\{\\{(${languages.join("|")}):([a-z0-9-]+)\\}\\}`, "g"), (_, language, key) => say(language, key))
    .replaceAll("{{bundle}}", bundle)
    .replaceAll("{{title}}", title);
  const open = /\{\{(?!(asset|integrity):)[^}]*\}\}/.exec(filled);
  if (open) throw new Error(`shell/page.html: ${open[0]} is not known`);
  return filled;
}
