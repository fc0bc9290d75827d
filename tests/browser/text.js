// The sentences of the pages, read from the same Fluent files that the pages are compiled from, so that no test
// copies one: what a test looks for is the name of the message.
import { readdirSync, readFileSync } from "node:fs";
import { FluentBundle, FluentResource } from "@fluent/bundle";

const folder = new URL("../../app/web/locales/", import.meta.url);

/** The languages that exist. */
export const languages = readdirSync(folder).sort();

/** A name as the pages put it into a sentence: what is written from right to left stands between marks. */
function isolated(value) {
  const turns = /[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
  return typeof value === "string" && turns.test(value) ? `\u2068${value}\u2069` : value;
}

/**
 * The sentences of one language: `text("de")("time-today")`. A message that does not exist, or lacks an argument,
 * is an error.
 */
export function text(language) {
  // Without the invisible marks around each argument: the pages have them only where something could turn.
  const bundle = new FluentBundle(language, { useIsolating: false });
  const own = new URL(`${language}/`, folder);
  for (const file of readdirSync(own).filter((name) => name.endsWith(".ftl"))) {
    const errors = bundle.addResource(new FluentResource(readFileSync(new URL(file, own), "utf8")));
    if (errors.length > 0) throw errors[0];
  }
  return (name, values) => {
    const message = bundle.getMessage(name);
    if (!message?.value) throw new Error(`locales/${language} has no message ${name}`);
    const errors = [];
    const shown = values && Object.fromEntries(Object.entries(values).map(([key, value]) => [key, isolated(value)]));
    const sentence = bundle.formatPattern(message.value, shown, errors);
    if (errors.length > 0) throw errors[0];
    return sentence;
  };
}

/** A pattern that matches the message whatever its arguments are. */
export function anyOf(sentence, name, ...arguments_) {
  const hole = "\u{f8ff}";
  const filled = sentence(name, Object.fromEntries(arguments_.map((argument) => [argument, hole])));
  const quoted = filled.split(hole).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${quoted.join("(.+)")}$`, "u");
}
