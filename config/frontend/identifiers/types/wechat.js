import { anyCase, fullmatch } from "../base.js";
import { refuse } from "../errors.js";
import { lower } from "../text.js";

const ID = /^(?:[a-z][a-z0-9_-]{5,19}|wxid_[a-z0-9]{6,30})$/;
const LABELED = anyCase("(?:微信号?|weixin|wechat|wx) ?: ?(.*)");
const MOBILE = /^(?:\+?86)?1[3-9][0-9]{9}$/;

function rule(text) {
  const name = lower(LABELED.exec(text)?.[1] ?? text);
  if (name.startsWith("gh_")) {
    refuse("is-official-account", "wechat-official-account");
  }
  if (name.endsWith("@chatroom")) {
    refuse("is-im-group", "im-group");
  }
  if (MOBILE.test(name)) {
    refuse("is-cn-mobile", "cn-mobile");
  }
  return fullmatch(ID, name, "wechat")[0];
}

export const IDENTIFIER = { code: "wechat", personal: true, rule };
