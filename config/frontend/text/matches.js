// Texts of the match inbox, the match page and the picture of a ring.
export default {
  "map-opened": { zh: "映射文件已打开，新增 {n} 个原始值，只保存在本浏览器中。", en: "The map file is open: {n} raw values added, kept in this browser alone." },
  "fold-more": { zh: "同时显示未共享的标识", en: "Show also what is not shared" },
  "fold-less": { zh: "只显示共享的标识", en: "Show only what is shared" },
  "node-clue": { zh: "本机构线索 {name}，{detail}。", en: "Clue of ours {name}, {detail}." },
  "node-shared": { zh: "{type} {name}：其他独立机构也上报了。{detail}", en: "{type} {name}: other independent institutions reported it, too. {detail}" },
  "node-own": { zh: "{type} {name}：目前只有本机构上报。{detail}", en: "{type} {name}: ours alone so far. {detail}" },
  "node-others": {
    zh: "其他独立机构，不论几家、也不论是谁，都用这一个节点表示。",
    en: "Other independent institutions. However many and whoever they are, this one node stands for them.",
  },
  "hidden-here": { zh: "另有 {n} 个未共享的标识已折叠，按 Enter 展开。", en: "{n} identifiers that are not shared are folded away; press Enter to unfold." },
  "at-node": { zh: "第 {at} 个，共 {of} 个。", en: "{at} of {of}." },
};
