import { whole } from "../base.js";
import { canonicalUrl, parseWeb } from "../urls.js";

const CANONICAL = whole(
  "douyin:[0-9]{15,21}|kuaishou:[0-9a-zA-Z]{10,20}|xiaohongshu:[0-9a-f]{24}" +
    "|bilibili:(?:BV[0-9A-Za-z]{10}|av[0-9]{1,16}|cv[0-9]{1,12}|opus[0-9]{10,20})|weibo:[0-9]{15,19}",
);
// What the canonical form begins with, and host, path and query of an address with the id as its one group.
// Short links cannot be resolved offline and stay addresses.
const END = "(?:[\\/?].*)?";
const BILIBILI = "(?:(?:www\\.|m\\.)?bilibili\\.com\\/video|b23\\.tv)";
const PLACES = [
  ["douyin:", `(?:www\\.)?douyin\\.com\\/(?:video|note)\\/([0-9]{15,21})${END}`],
  ["douyin:", "(?:www\\.)?douyin\\.com\\/[^?]*\\?(?:.*&)?(?:modal_id|vid)=([0-9]{15,21})(?:&.*)?"],
  ["douyin:", `(?:www\\.|m\\.)?(?:ies)?douyin\\.com\\/share\\/(?:video|note|slides)\\/([0-9]{15,21})${END}`],
  ["kuaishou:", `(?:www\\.)?kuaishou\\.com\\/short-video\\/([0-9a-zA-Z]{10,20})${END}`],
  [
    "kuaishou:",
    "(?:[a-z0-9\\-]+\\.)*(?:chenzhongtech|gifshow|kuaishou)\\.com\\/fw\\/(?:photo|long-video)\\/" +
      `([0-9a-zA-Z]{10,20})${END}`,
  ],
  [
    "xiaohongshu:",
    "(?:www\\.)?xiaohongshu\\.com\\/(?:explore|discovery\\/item|search_result|user\\/profile\\/[0-9a-f]{24})\\/" +
      `([0-9a-f]{24})${END}`,
  ],
  ["bilibili:BV", `${BILIBILI}\\/[Bb][Vv]([0-9A-Za-z]{10})${END}`],
  ["bilibili:av", `${BILIBILI}\\/[Aa][Vv]([0-9]{1,16})${END}`],
  ["bilibili:cv", `(?:www\\.|m\\.)?bilibili\\.com\\/read\\/(?:mobile\\/|cv|mobile\\/cv)([0-9]{1,12})${END}`],
  ["bilibili:opus", `(?:(?:www|m)\\.bilibili\\.com\\/opus|t\\.bilibili\\.com)\\/([0-9]{10,20})${END}`],
  ["weibo:", `(?:www\\.)?weibo\\.com\\/[0-9]{5,11}\\/([0-9A-Za-z]{8,10})${END}`],
  ["weibo:", `(?:www\\.)?weibo\\.com\\/detail\\/([0-9]{15,19})${END}`],
  ["weibo:", `m\\.weibo\\.cn\\/(?:detail|status|[0-9]{5,11})\\/([0-9A-Za-z]{8,19})${END}`],
].map(([prefix, source]) => ({ prefix, pattern: whole(source) }));
const BASE62 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

function rule(text) {
  if (CANONICAL.test(text)) {
    return text;
  }
  const address = canonicalUrl(parseWeb(text));
  const place = address.slice(address.indexOf("://") + 3);
  for (const { prefix, pattern } of PLACES) {
    const found = pattern.exec(place);
    if (found) {
      const content = prefix === "weibo:" && found[1].length < 15 ? weiboNumber(found[1]) : found[1];
      if (CANONICAL.test(prefix + content)) {
        return prefix + content;
      }
    }
  }
  return address;
}

/** The decimal id of a post from the letters of its address: each four letters, from the end, write seven digits in
 * base 62, the first group without leading zeros. */
function weiboNumber(short) {
  const groups = [];
  for (let end = short.length; end > 0; end -= 4) {
    const letters = [...short.slice(Math.max(0, end - 4), end)];
    groups.unshift(letters.reduce((total, letter) => total * 62 + BASE62.indexOf(letter), 0));
  }
  return groups.map((number, index) => (index ? String(number).padStart(7, "0") : String(number))).join("");
}

export const IDENTIFIER = { code: "content-url", personal: false, rule };
