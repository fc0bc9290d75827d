// Taking a conversation: two counselors at the same moment, and a list that changes under somebody's hand.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startBox } from "./box.js";
import { startBrowser, visitor } from "./browser.js";
import { startRelay } from "./relay.js";
import {
  answer, answerField, employ, line, on, openSignUp, progress, send, setUp, signUp,
} from "./steps.js";

const password = "quitte falter ozean 93 mörtel";
const ina = { displayName: "Ina Berg", name: "ina.berg", password: "amboss wiesel kreide turm gondel 44 pfeil" };

let box;
let browser;
let relay;
let administrator;
let counselor;

before(async () => {
  box = await startBox();
  relay = await startRelay(box.address);
  browser = await startBrowser();
  const person = await visitor(browser, relay.origin);
  administrator = { person, page: (await setUp(person, box)).page };
  counselor = await employ(browser, relay.origin, person, administrator.page, ina);
});

after(async () => {
  await browser?.close();
  await relay?.close();
  await box?.stop();
});

/** A seeker who has written `words`, known to both counselors. */
async function waitingSeeker(name, words) {
  const person = await visitor(browser, box.origin);
  const page = await openSignUp(person);
  await signUp(page, person, { name, password });
  await send(page, person, words);
  // Their receipts are through, too: what they say next on their live channels is the claim.
  await progress(page, person, words, "delivered");
  for (const { page: work, person: staff } of [administrator, counselor]) await claimButton(work, staff, name).waitFor();
  return { page, person, name };
}

function claimButton(page, person, name) {
  return on(page, person).button("queue-claim-of", { name });
}

/** What becomes of somebody's claim: waits for one or the other. */
function outcome(name) {
  return async ({ page, person }) => {
    const has = answerField(page, person, name);
    const told = on(page, person).sentence("failure-already-claimed");
    await has.or(told).first().waitFor();
    return (await told.count()) > 0 ? "is told" : "has it";
  };
}

for (const reverse of [false, true]) {
  test(`two counselors take the same talk at once: one has it, the other is told${reverse ? ", whoever asked first" : ""}`, async () => {
    const seeker = await waitingSeeker(reverse ? "Flussotter-13" : "Flussotter-12", "Wer nimmt mich?");
    const { name } = seeker;
    const both = [administrator, counselor];
    relay.hold();
    // One after the other, so that the box gets them in one order and in the other.
    for (const [index, { page, person }] of both.entries()) {
      await claimButton(page, person, name).click();
      await relay.held(index + 1);
    }
    relay.release({ reverse });
    // What the box decides is its affair: one of them has it.
    const outcomes = await Promise.all(both.map(outcome(name)));
    assert.deepEqual(outcomes.toSorted(), ["has it", "is told"]);
    const [winner, loser] = outcomes[0] === "has it" ? both : both.toReversed();
    // Nothing is left that could be pressed a second time, and no field to answer in.
    await claimButton(loser.page, loser.person, name).waitFor({ state: "detached" });
    assert.equal(await answerField(loser.page, loser.person, name).count(), 0);
    await answer(winner.page, winner.person, name, "Ich bin da.");
    await line(seeker.page, seeker.person, "Ich bin da.").waitFor();
    const holder = winner === administrator ? "Theo Adler" : ina.displayName;
    assert.equal(await on(seeker.page, seeker.person).sentence("talk-claimed", { name: holder }).count(), 1);
    const other = winner === administrator ? ina.displayName : "Theo Adler";
    assert.equal(await on(seeker.page, seeker.person).sentence("talk-claimed", { name: other }).count(), 0);
    await seeker.person.close();
  });
}

test("news that arrives while somebody presses a button, or stands on it with the keyboard, takes it from nobody", async () => {
  const seeker = await waitingSeeker("Eisvogel-40", "Eins");
  const { page, person } = counselor;
  const button = claimButton(page, person, seeker.name);
  const item = page.getByRole("region", { name: person.text("queue-label") }).getByRole("listitem").filter({ has: button });

  await button.focus();
  await send(seeker.page, seeker.person, "Zwei");
  await item.getByText("Zwei", { exact: true }).waitFor();
  assert.ok(await button.evaluate((element) => element === document.activeElement), "the focus has stayed");

  // Somebody else's first message makes the list longer.
  await button.hover();
  await page.mouse.down();
  await send(seeker.page, seeker.person, "Drei");
  await item.getByText("Drei", { exact: true }).waitFor();
  const another = await waitingSeeker("Eisvogel-41", "Ich auch");
  await button.hover();
  await page.mouse.up();
  await answerField(page, person, seeker.name).waitFor();
  await line(page, person, "Drei").waitFor();
  await another.person.close();
  await seeker.person.close();
});
