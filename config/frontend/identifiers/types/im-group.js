import { refuse } from "../errors.js";
import { foldCase, lower, ungroup } from "../text.js";

const FORMS = new Map([
  ["qq", /^[1-9][0-9]{4,11}$/],
  ["wechat", /^[0-9]{6,20}@chatroom$/],
  ["telegram", /^(?:[a-z][a-z0-9_]{4,31}|-?[0-9]{6,16}|\+[A-Za-z0-9_-]{10,40})$/],
  ["dingtalk", /^[0-9]{6,14}$/],
  ["feishu", /^oc_[0-9a-f]{32}$/],
  ["whatsapp", /^(?:[A-Za-z0-9]{20,24}|[0-9-]{10,40}@g\.us)$/],
]);
const CASE_MATTERS = new Set(["whatsapp"]);
const ADDRESSES = [
  ["telegram", /^(?:https?:\/\/)?(?:t|telegram)\.me\/(?:s\/)?([A-Za-z0-9_+-]+)\/?(?:\?.*)?$/],
  ["telegram", /^(?:https?:\/\/)?(?:t|telegram)\.me\/joinchat\/([A-Za-z0-9_-]+)\/?(?:\?.*)?$/],
  ["whatsapp", /^(?:https?:\/\/)?chat\.whatsapp\.com\/([A-Za-z0-9]+)\/?(?:\?.*)?$/],
];

function rule(text) {
  let [service, number] = parts(text);
  if (service === "telegram" && !number.startsWith("+")) {
    number = number.replace(/^@/, "");
  }
  if (!CASE_MATTERS.has(service) && !number.startsWith("+")) {
    number = foldCase(number);
  }
  if (!FORMS.get(service)?.test(number)) {
    refuse("im-group", null, { services: [...FORMS.keys()].join(", ") });
  }
  return `${service}:${number}`;
}

function parts(text) {
  for (const [service, address] of ADDRESSES) {
    const found = address.exec(text);
    if (found) {
      const isInvitation = service === "telegram" && text.includes("joinchat/");
      return [service, (isInvitation ? "+" : "") + found[1]];
    }
  }
  const colon = text.indexOf(":");
  if (colon >= 0) {
    return [lower(text.slice(0, colon).trim()), text.slice(colon + 1).replaceAll(" ", "")];
  }
  return lower(text).endsWith("@chatroom") ? ["wechat", text] : ["qq", ungroup(text)];
}

export const IDENTIFIER = { code: "im-group", personal: true, rule };
