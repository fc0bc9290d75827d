// The sentences of the pages, read from the same Fluent files that the pages are compiled from, so that no test
// copies one: what a test looks for is the name of the message.
import { readdirSync, readFileSync } from "node:fs";
import { FluentBundle, FluentResource } from "@fluent/bundle";

const folder = new URL("../../app/web/locales/", import.meta.url);

/** The languages that exist. */
export const languages = readdirSync(folder).sort();

/**
 * The sentences of one language: `text("de")("time-today")`. A message that does not exist, or lacks an argument,
 * is an error.
 */
export function text(language) {
  // Without the invisible marks around arguments: the pages have none either.
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
    const sentence = bundle.formatPattern(message.value, values, errors);
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
