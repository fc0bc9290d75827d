// Figures that a box would tell after half a year: no test waits so long.
const newest = 2026 * 12 + 9;

// The box's answer, as it writes it: numbers in groups of seven bits, lists and texts with their length before them.
const number = (value) => (value < 128 ? [value] : [(value % 128) + 128, ...number(Math.floor(value / 128))]);
const list = (items, one) => [...number(items.length), ...items.flatMap(one)];
const words = (text) => list([...new TextEncoder().encode(text)], (byte) => [byte]);
const id = (value) => Array(16).fill(value);
const unit = ([team, site]) => [...id(team), ...(site ? [1, ...id(site)] : [0])];
const cell = ([categories, count]) => [...list(categories, number), ...number(count)];
const group = ([units, cells]) => [...list(units, unit), ...list(cells, cell)];
const figures = ([month, measure, groups]) => [...number(month), measure, ...list(groups, group)];
const statistics = ({ topics, names, all }) =>
  Buffer.from([
    ...number(newest),
    ...list(topics, words),
    ...list(names, ([what, name]) => [...unit(what), ...words(name)]),
    ...list(all, figures),
  ]);

const one = [1, 3];
const other = [2, 4];
const months = [61, 58, 49, 66, 83, 91].map((requests, at) => [newest - 5 + at, requests]);
const all = months.flatMap(([month, requests], at) => {
  // In July both are counted together; in May there were fewer than five letters.
  const both = at === 2;
  const units = both ? [[[one, other], 1]] : [[[one], 1], [[other], 0.5]];
  const groups = (cells) => units.map(([of, part]) => [of, cells(Math.round(requests * part))]);
  return [
    [month, 0, groups((count) => [[[3], count - 20], [[4, 5], 12], [[6], 8]])],
    [month, 1, groups((count) => [[[0], count - 19], [[2], 10], [[4, 6], 9]])],
    [month, 2, [[[one], [[[0, 1], 20], [[2], 10 + at], [[5], 5]]]]],
    [month, 5, at === 0 ? [] : [[[one], [[[6], 6], [[7, 8, 9], 9 + at]]]]],
    [month, 6, [[[one], at === 1 ? [[[0, 1], 31]] : [[[0], 30 + at], [[1], 5]]]]],
    [month, 7, [[[[1, 0]], [[[0], 7], [[1], 30], [[2], 9], [[3, 4], 6]]]]],
    [month, 8, [[[[1, 0]], [[[0], 40], [[1, 2, 3, 4], 12]]]]],
  ];
});
const names = [[[1, 0], "Jugendteam"], [[2, 0], "Nachtteam"], [[1, 3], "Jugend Leipzig"], [[2, 4], "Nachts & nah"]];
/** Half a year of an organisation with two teams, as the box tells it. */
export const told = statistics({ topics: ["Familie", "Schule", "=Sucht", "Gewalt"], names, all });
