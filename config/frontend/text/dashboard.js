// Texts of the overview's charts.
export default {
  matches: { zh: "碰撞命中", en: "Matches" },
  clues: { zh: "采纳线索", en: "Clues accepted" },
  told: { zh: "命中告知", en: "Matches told" },
};
