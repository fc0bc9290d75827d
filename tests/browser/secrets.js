// Words that are typed in tests and then searched for where they must not be.

/** What must be found, so that finding nothing else means something. */
export const planted = "Der gepflanzte Igel trägt 4711 Knöpfe";

/** What must never be found: unusual enough not to occur by chance, in words and with umlauts. */
export const secrets = {
  pseudonym: "Zyklopenkraut-7319",
  // What its look-up value is computed from (PROTOCOL.md, section 3).
  "pseudonym, normalised": "zyklopenkraut-7319",
  password: "quitte falter ozean 93 mörtel",
  "new password": "hafer gleis uhu 58 tümpel narbe",
  message: "Seit Donnerstag schläft der Kühlschrank auf dem Dachboden, sagt Ottilie",
  // There are no attachments yet: the name is typed as a message, the only field that takes one.
  "file name": "Befund_Nachtigallenweg_2291 (Kopie).pdf",
  answer: "Dann füttern wir heute gemeinsam die 17 Leuchttürme, einverstanden?",
  draft: "Vielleicht verschweige ich das mit dem rostigen Cembalo doch lieber",
  "counselor's name to log in": "zwiebelturm.5521",
  "counselor's passphrase": "amboss wiesel kreide turm gondel 44 pfeil säge",
  "administrator's name to log in": "dachrinne.8870",
  "administrator's passphrase": "distel kanu lupe 81 ofen rübe sichel trichter",
};

/** A code in the ways it may be written; the last is the wire's own for a list of its groups. */
export function writings(name, code) {
  const parts = code.split(/[\s-]+/);
  const joints = { spaces: " ", dashes: "-", nothing: "", lengths: String.fromCharCode(parts[1].length) };
  return Object.fromEntries(
    Object.entries(joints).map(([title, joint]) => [`${name}, joined by ${title}`, parts.join(joint)]),
  );
}

/** Runs in a page: keeps words where a browser writes them to the disk at once. */
export function keepOnDisk(words) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("planted", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("words");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const writing = opening.result.transaction("words", "readwrite", { durability: "strict" });
      writing.objectStore("words").put(words, 1);
      writing.oncomplete = resolve;
      writing.onerror = () => reject(writing.error);
    };
  });
}
